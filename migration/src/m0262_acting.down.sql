drop function private.record_acting(uuid, uuid, text, inet, text);

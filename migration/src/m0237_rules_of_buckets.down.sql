drop trigger if exists heed_bucket on storage.objects;
drop function private.heed_bucket();

drop function public.get_public_chat(uuid);
drop table public.streams, public.votes, public.messages, public.chats;
drop function private.add_messages_to_chat_totals();
drop function private.subtract_messages_from_chat_totals();
drop function private.move_messages_between_chat_totals();
drop function private.readable_from();
drop function private.readable_to();
drop type public.message_role;
drop type public.chat_visibility;

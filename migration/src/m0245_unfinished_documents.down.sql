drop trigger refuse_edit_of_unfinished_document on public.documents;
drop function private.refuse_edit_of_unfinished_document();

drop function private.texts_to_embed(text, uuid, integer, integer);
-- Texts that wait for a vector of a model, of one person or of everybody, with the vector where it is known already.
create function private.texts_to_embed(p_model text, p_owner uuid, p_count integer)
  returns table (entity_type public.search_entity_type, entity_id uuid, content text, text_hash text, known vector)
language sql stable set search_path = ''
begin atomic
  select w.entity_type, w.entity_id, w.content, w.hash, subvector(c.embedding, 1, m.dimensions)
  from (
    select e.entity_type, e.entity_id, t.content, private.text_hash(t.content) as hash
    from public.embeddings e
    join public.search_index s on s.entity_id = e.entity_id and s.entity_type = e.entity_type
    cross join lateral (select private.embedding_text(s.title, s.content) as content) t
    where e.model = p_model and e.is_stale and e.error is null and (p_owner is null or e.user_id = p_owner)
    -- A line does not wait for a book.
    order by octet_length(s.content) limit p_count
  ) w
  join mindloom.embedding_models m on m.model = p_model and m.state <> 'retired'
  left join public.embedding_cache c on c.content_hash = private.embedding_key(p_model, w.hash)
    and m.dimensions is not null and (c.expires_at is null or c.expires_at > now());
end;
revoke execute on function private.texts_to_embed(text, uuid, integer) from public;

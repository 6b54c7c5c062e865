//! `upkeep.purge_idempotency_keys`: answers that are kept for repeated mutations go after a day.

job_in_steps!(
    "with deleted as (
       delete from mindloom.idempotency_keys k
       where k.ctid = any (array(
         select old.ctid from mindloom.idempotency_keys old where old.created_at < now() - interval '1 day'
         order by old.created_at limit $1::integer for update skip locked))
       returning 1)
     select 'idempotency_keys', count(*) from deleted"
);

-- How many uploads somebody has begun and not finished is counted by whose they are; those of the operator's own programs,
-- and what these signed, count for nobody.
alter table mindloom.file_uploads add column by_service boolean not null default false;
create index idx_file_uploads_owner on mindloom.file_uploads (owner) where resumable and not by_service;

drop index mindloom.idx_file_uploads_owner;
alter table mindloom.file_uploads drop column by_service;

//! `chats.purge_streams`: the pieces of answers that ended a day ago go; their messages stay.

job_in_steps!("select 'events', private.purge_stream_chunks($1)");

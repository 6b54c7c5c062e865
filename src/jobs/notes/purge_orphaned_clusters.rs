//! `notes.purge_orphaned_clusters`: suggested and dismissed clusters that nothing belongs to and nobody touched for 30 days go.

job_in_steps!("select 'clusters', public.purge_orphaned_clusters($1)");

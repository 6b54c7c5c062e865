//! `answers.end_lost`: calls of models whose process is gone are recorded as interrupted.

job_in_steps!("select 'calls', private.end_lost_model_calls($1)");

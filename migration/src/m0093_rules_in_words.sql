-- What a rule demands, in a sentence that people are told when a row breaks it. Names of columns in it are told as the
-- API calls them. Rules that are nothing but limits, ranges and lists need none: the server reads those from the
-- condition itself.

comment on constraint admin_config_config_key_format on public.admin_config is
  'config_key must be app_settings, logging_settings, or an agent and its provider, such as python_agent_openai';
comment on constraint agent_activity_logs_end_after_start on public.agent_activity_logs is
  'end_time must not be before start_time';
comment on constraint api_providers_base_url_format on public.api_providers is
  'base_url must begin with http:// or https://';
comment on constraint api_providers_name_format on public.api_providers is
  'name must have 1 to 50 lower-case letters, digits, hyphens and underscores, and begin with a letter';
comment on constraint artifacts_not_own_parent on public.artifacts is
  'parent_version_id must name another version than version_id';
comment on constraint audio_recordings_storage_path_format on public.audio_recordings is
  'storage_path must be user_id, project_id and a file''s name joined by slashes, and the name a number, an underscore and the rest, such as 1700000000_memo.webm';
comment on constraint clusters_suggested_tags_length on public.clusters is
  'every entry of suggested_tags must have 1 to 50 characters';
comment on constraint clusters_theme_keywords_length on public.clusters is
  'every entry of theme_keywords must have 1 to 100 characters';
comment on constraint documents_parent_not_itself on public.documents is
  'parent_document_id must name another document';
comment on constraint documents_share_token_when_public on public.documents is
  'a document has a share_token while is_public is true, and none while it is false';
comment on constraint documents_tags_length on public.documents is
  'every entry of tags must have 1 to 50 characters';
comment on constraint embedding_cache_content_hash_sha256 on public.embedding_cache is
  'content_hash must be a SHA-256 hash: 64 hexadecimal digits in lower case';
comment on constraint error_logs_resolved_has_time on public.error_logs is
  'resolved_at must be given while resolved is true, and must be null while it is false';
comment on constraint feedback_contact_email_format on public.feedback is
  'contact_email must be an e-mail address';
comment on constraint feedback_categories_not_own_parent on public.feedback_categories is
  'parent_id must name another category';
comment on constraint feedback_tags_color_format on public.feedback_tags is
  'color must be # and six hexadecimal digits, such as #3b82f6';
comment on constraint github_repositories_repo_url_format on public.github_repositories is
  'repo_url must begin with http:// or https://';
comment on constraint insights_week_order on public.insights is
  'week_end must be after week_start';
comment on constraint job_queue_attempts_range on public.job_queue is
  'attempts must not be negative, and not more than max_attempts';
comment on constraint job_queue_lease_while_processing on public.job_queue is
  'lease_holder and lease_expires_at must be given while the job is being processed, and at no other time';
comment on constraint model_config_default_is_active on public.model_config is
  'a model with is_default must have is_active as well';
comment on constraint notes_metadata_format on public.notes is
  'metadata must be a JSON object; in it source has 1 to 100 characters, importance is low, medium or high, sentiment is positive, neutral or negative, custom is an object, categories are at most 10 texts of 1 to 50 characters, and linkedNoteIds are at most 50 UUIDs';
comment on constraint notes_tags_length on public.notes is
  'every entry of tags must have 1 to 50 characters';
comment on constraint project_components_not_own_parent on public.project_components is
  'parent_id must name another component';
comment on constraint projects_thumbnail_url_format on public.projects is
  'thumbnail_url must be an http:// or https:// address of at most 2,048 characters';
comment on constraint prompt_frameworks_name_format on public.prompt_frameworks is
  'name must have 1 to 50 lower-case letters, digits, hyphens and underscores, and begin with a letter';
comment on constraint rate_limit_tracking_period_order on public.rate_limit_tracking is
  'period_end must be after period_start';
comment on constraint rate_limits_window_order on public.rate_limits is
  'reset_time must be after window_start';
comment on constraint usage_logs_response_after_request on public.usage_logs is
  'response_timestamp must not be before request_timestamp';
comment on constraint user_preferences_language_format on public.user_preferences is
  'language must be a language''s code, such as en or pt-BR';
comment on constraint users_avatar_url_format on public.users is
  'avatar_url must be an http:// or https:// address of at most 2,048 characters';

-- What a new installation starts with: application and logging settings, six agents for each of
-- three providers, ten models. Rows that exist are left alone, so that running this twice, or over
-- an administrator's changes, changes nothing.

insert into public.admin_config (config_key, config_data) values
  ('app_settings', '{"activeProvider": "google", "availableProviders": ["google", "openai", "anthropic"]}'),
  ('logging_settings', private.default_logging_config())
on conflict (config_key) do nothing;

-- chat_model_agent: the main chat. It answers itself or hands work to one of the five others.
insert into public.admin_config (config_key, config_data)
select 'chat_model_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'systemPrompt', $p$You are a helpful assistant in a workspace where people write, code and draw together with you.

Answer questions directly when you know the answer. Use a tool when the task needs one:
- providerToolsAgent: current facts, the content of a web page, or running a calculation.
- documentAgent: text longer than a few paragraphs that the user will keep, edit or share.
- pythonAgent: Python programs that should be kept, run or improved.
- mermaidAgent: flowcharts, sequence diagrams and other pictures of structure.
- gitMcpAgent: questions about the user's GitHub repositories, issues and pull requests.

Rules for tools:
1. Call one tool at a time and wait for its result before deciding what comes next.
2. Pass on everything the tool needs: it does not see the conversation.
3. To change something that exists, ask the tool to update it by its id. Never create a second copy.
4. After a tool has made or changed an artifact, say in one or two sentences what was done. Do not repeat its content: the user sees it beside the chat.
5. When a tool fails, say so, say why if you know, and offer one way on.

Write in the language of the user. Be brief, be exact, and say when you are not sure.$p$,
  'capabilities', jsonb_build_object(
    'thinkingReasoning', true,
    'streaming', true,
    'fileInput', jsonb_build_object(
      'enabled', true,
      'maxFiles', 5,
      'maxFileSizeBytes', 10485760,
      'allowedTypes', jsonb_build_array(
        'application/pdf', 'text/plain', 'text/markdown', 'text/csv', 'application/json',
        'image/png', 'image/jpeg', 'image/webp', 'text/x-python'))),
  'tools', jsonb_build_object(
    'providerToolsAgent', jsonb_build_object('enabled', true,
      'description', 'Searches the web, reads web pages and runs code in a sandbox.',
      'inputDescription', 'What to find out or compute, with every detail that matters.'),
    'documentAgent', jsonb_build_object('enabled', true,
      'description', 'Creates, updates, reviews and reverts text documents.',
      'inputDescription', 'The operation, the id of an existing document if there is one, and the instruction.'),
    'pythonAgent', jsonb_build_object('enabled', true,
      'description', 'Creates, updates, fixes, explains and generates Python code.',
      'inputDescription', 'The operation, the id of existing code if there is some, and the instruction or error.'),
    'mermaidAgent', jsonb_build_object('enabled', true,
      'description', 'Creates, updates, fixes and generates Mermaid diagrams.',
      'inputDescription', 'The operation, the id of an existing diagram if there is one, and what to show.'),
    'gitMcpAgent', jsonb_build_object('enabled', true,
      'description', 'Reads and changes GitHub repositories, issues, pull requests and branches.',
      'inputDescription', 'The repository and what to look up or do there.')),
  'rateLimit', '{"perMinute": 10, "perHour": 100, "perDay": 1000}'::jsonb)
from unnest(enum_range(null::public.model_provider)) provider
on conflict (config_key) do nothing;

-- provider_tools_agent: what the provider itself offers. The tools are the provider's own, by its names.
insert into public.admin_config (config_key, config_data)
select 'provider_tools_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'systemPrompt', $p$You find things out for another assistant, which will use your answer word for word.

- Search when the answer may have changed since your training, and name the date that your sources give.
- Read a page when a URL is given, before you say anything about it.
- Run code for arithmetic with more than two steps, for statistics, and for work on data.
- Give the answer first, then the evidence: for each claim from the web its title and URL.
- When sources disagree, say so and say which one you trust more and why.
- When you find nothing, say what you looked for. Never fill a gap with a guess.$p$,
  'tools', tools,
  'rateLimit', '{"perMinute": 8, "perHour": 80, "perDay": 500}'::jsonb)
from (values
  ('google', '{
    "googleSearch": {"enabled": true, "description": "Searches the web with Google and grounds the answer in the results."},
    "urlContext": {"enabled": true, "description": "Reads the content of up to 20 URLs."},
    "codeExecution": {"enabled": true, "description": "Runs Python in a sandbox of Google."}}'::jsonb),
  ('openai', '{
    "webSearch": {"enabled": true, "description": "Searches the web and cites what it finds."},
    "urlContext": {"enabled": true, "description": "Reads the content of a given URL."},
    "codeInterpreter": {"enabled": true, "description": "Runs Python in a sandbox of OpenAI."}}'::jsonb),
  ('anthropic', '{
    "webSearch": {"enabled": true, "description": "Searches the web and cites what it finds.", "maxUses": 5},
    "webFetch": {"enabled": true, "description": "Reads the content of a given URL."},
    "codeExecution": {"enabled": true, "description": "Runs Python in a sandbox of Anthropic."}}'::jsonb)
) as per_provider (provider, tools)
on conflict (config_key) do nothing;

insert into public.admin_config (config_key, config_data)
select 'document_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'tools', jsonb_build_object(
    'create', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You write documents in Markdown. Begin with a level-one heading, give longer texts sections with short headings, and use lists and tables where they make reading easier. Write for the reader that the instruction names, else for an educated adult who is new to the topic. Give the document alone: no remarks before or after it.$p$,
      'userPromptTemplate', $p$Write a document titled "{title}".

Instruction: {instruction}$p$),
    'update', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You revise documents. Change what the instruction asks for and nothing else: keep the wording, order and formatting of everything it does not mention. Give the whole revised document, with no remarks.$p$,
      'userPromptTemplate', $p$The document:
{content}

Change it as follows: {instruction}$p$),
    'suggestion', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You are a careful editor. Propose up to five improvements, the most useful first. Each quotes a whole sentence of the document exactly, gives the sentence that should replace it, and says in one sentence what gets better. Leave matters of taste alone.$p$,
      'userPromptTemplate', $p$Review this document and propose improvements:

{content}$p$),
    'revert', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You pick the version of a document that the user wants back. Answer with its number alone. If the request fits no version, answer with 0.$p$,
      'userPromptTemplate', $p$Versions, newest first:
{versions}

Request: {instruction}$p$)),
  'rateLimit', '{"perMinute": 5, "perHour": 50, "perDay": 200}'::jsonb)
from unnest(enum_range(null::public.model_provider)) provider
on conflict (config_key) do nothing;

insert into public.admin_config (config_key, config_data)
select 'python_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'tools', jsonb_build_object(
    'create', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You write Python 3 programs that run as they are in a browser sandbox: the standard library, numpy, pandas and matplotlib are there; files, network and input() are not. Write complete programs with type hints on functions, print what matters, and handle bad values where they can occur. Give the code alone, without fences.$p$,
      'userPromptTemplate', $p$Write a Python program titled "{title}".

It should: {instruction}$p$),
    'update', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You change Python programs. Do what the instruction asks, keep everything else as it is, names and comments included. Give the whole program, without fences and without remarks.$p$,
      'userPromptTemplate', $p$The program:
{content}

Change it as follows: {instruction}$p$),
    'fix', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You repair Python programs. Find the cause of the error, not only the line that raised it, and make the smallest change that removes it. Put one comment where you changed something. Give the whole program, without fences.$p$,
      'userPromptTemplate', $p$The program:
{content}

It fails with:
{error}$p$),
    'explain', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You explain Python programs to someone who has programmed a little. Say first what the program is for, then how it goes about it, part by part, then what could go wrong. Quote code only where the sentence needs it.$p$,
      'userPromptTemplate', $p$Explain this program:

{content}

Question, if any: {instruction}$p$),
    'generate', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You write one Python function or class for use in a larger program: a docstring that says what it takes, returns and raises, type hints, no code at module level. Give the code alone, without fences.$p$,
      'userPromptTemplate', $p$Write: {instruction}$p$),
    'revert', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You pick the version of a program that the user wants back. Answer with its number alone. If the request fits no version, answer with 0.$p$,
      'userPromptTemplate', $p$Versions, newest first:
{versions}

Request: {instruction}$p$)),
  'rateLimit', '{"perMinute": 5, "perHour": 50, "perDay": 200}'::jsonb)
from unnest(enum_range(null::public.model_provider)) provider
on conflict (config_key) do nothing;

insert into public.admin_config (config_key, config_data)
select 'mermaid_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'tools', jsonb_build_object(
    'create', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You draw Mermaid diagrams. Choose the type that fits: flowchart for processes, sequenceDiagram for who talks to whom, erDiagram for data, stateDiagram-v2 for states, gantt for plans. Put labels with punctuation in double quotes, keep to twenty nodes, and give the diagram's code alone, without fences.$p$,
      'userPromptTemplate', $p$Draw a diagram titled "{title}".

It should show: {instruction}$p$),
    'update', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You change Mermaid diagrams. Keep the type, the names of nodes and the layout except where the instruction asks for something else. Give the whole diagram's code, without fences.$p$,
      'userPromptTemplate', $p$The diagram:
{content}

Change it as follows: {instruction}$p$),
    'fix', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You repair Mermaid code that does not parse. Look for unquoted labels, reserved words used as names, missing arrows and unclosed blocks. Change nothing else. Give the whole diagram's code, without fences.$p$,
      'userPromptTemplate', $p$The diagram:
{content}

The parser says:
{error}$p$),
    'generate', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You turn a description or a piece of code into a Mermaid diagram that shows its structure, leaving out what a reader would not miss. Give the diagram's code alone, without fences.$p$,
      'userPromptTemplate', $p$Turn this into a diagram:

{instruction}$p$),
    'revert', jsonb_build_object('enabled', true,
      'systemPrompt', $p$You pick the version of a diagram that the user wants back. Answer with its number alone. If the request fits no version, answer with 0.$p$,
      'userPromptTemplate', $p$Versions, newest first:
{versions}

Request: {instruction}$p$)),
  'rateLimit', '{"perMinute": 3, "perHour": 25, "perDay": 100}'::jsonb)
from unnest(enum_range(null::public.model_provider)) provider
on conflict (config_key) do nothing;

insert into public.admin_config (config_key, config_data)
select 'git_mcp_agent_' || provider, jsonb_build_object(
  'enabled', true,
  'systemPrompt', $p$You work on the user's GitHub repositories through tools.

- Work only in repositories that the user has connected or named.
- Read before you write: look at the issue, file or branch before you change it.
- Before anything that others will see (an issue, a comment, a pull request, a branch), say what you are about to do and wait for a yes.
- Never delete, force-push or merge.
- Name files with their path and line, commits by their short hash, and issues and pull requests by number.$p$,
  'tools', '{
    "repos": {"enabled": true, "description": "Lists repositories and reads their files, commits and releases."},
    "issues": {"enabled": true, "description": "Lists, reads, creates and comments on issues."},
    "pull_requests": {"enabled": true, "description": "Lists, reads, creates and reviews pull requests."},
    "users": {"enabled": true, "description": "Looks up users and organisations."},
    "code_search": {"enabled": true, "description": "Searches code over repositories."},
    "branches": {"enabled": true, "description": "Lists and creates branches."}}'::jsonb,
  'rateLimit', '{"perMinute": 5, "perHour": 50, "perDay": 200}'::jsonb)
from unnest(enum_range(null::public.model_provider)) provider
on conflict (config_key) do nothing;

-- Prices are US dollars per million tokens, as the providers list them.
insert into public.model_config (model_id, name, description, provider, is_active, is_default, thinking_enabled,
  input_pricing_per_million_tokens, output_pricing_per_million_tokens, metadata)
select v.model_id, v.name, v.description, v.provider::public.model_provider, v.is_active,
   v.is_default and not exists (
     select from public.model_config m
     where m.provider = v.provider::public.model_provider and m.is_default),
   v.thinking_enabled, v.input_price, v.output_price,
   jsonb_build_object('contextWindow', v.context_window, 'maxOutputTokens', v.max_output_tokens,
             'supportsImages', v.images, 'supportsTools', v.tools)
from (values
  ('gemini-2.0-flash', 'Gemini 2.0 Flash', 'Fast all-round model with a very long context.',
    'google', true, true, false, 0.10, 0.40, 1048576, 8192, true, true),
  ('gemini-2.5-flash', 'Gemini 2.5 Flash', 'Fast model that can reason before it answers.',
    'google', true, false, true, 0.30, 2.50, 1048576, 65536, true, true),
  ('gemini-2.5-pro', 'Gemini 2.5 Pro', 'Google''s model for hard problems, long documents and code.',
    'google', true, false, true, 1.25, 10.00, 1048576, 65536, true, true),
  ('gemma-3', 'Gemma 3', 'Open model, free of charge, without tools.',
    'google', false, false, false, 0, 0, 131072, 8192, true, false),
  ('gpt-4o', 'GPT-4o', 'OpenAI''s all-round model for text and images.',
    'openai', true, true, false, 2.50, 10.00, 128000, 16384, true, true),
  ('gpt-4o-mini', 'GPT-4o mini', 'Small and cheap, for simple tasks at volume.',
    'openai', true, false, false, 0.15, 0.60, 128000, 16384, true, true),
  ('gpt-4-turbo', 'GPT-4 Turbo', 'The generation before GPT-4o.',
    'openai', false, false, false, 10.00, 30.00, 128000, 4096, true, true),
  ('claude-3-5-sonnet-20241022', 'Claude 3.5 Sonnet', 'Anthropic''s all-round model, strong at code and writing.',
    'anthropic', true, true, false, 3.00, 15.00, 200000, 8192, true, true),
  ('claude-3-5-haiku-20241022', 'Claude 3.5 Haiku', 'Anthropic''s fast model.',
    'anthropic', true, false, false, 0.80, 4.00, 200000, 8192, true, true),
  ('claude-3-opus-20240229', 'Claude 3 Opus', 'Anthropic''s largest model of the third generation.',
    'anthropic', false, false, false, 15.00, 75.00, 200000, 4096, true, true)
) as v (model_id, name, description, provider, is_active, is_default, thinking_enabled, input_price, output_price,
    context_window, max_output_tokens, images, tools)
on conflict (model_id) do nothing;

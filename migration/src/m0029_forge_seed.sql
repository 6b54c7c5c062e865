-- What the prompt workshop starts with: three providers, nine frameworks, categories and tags for
-- feedback. Rows that exist are left alone.

insert into public.api_providers (name, display_name, base_url, api_key_pattern, max_requests_per_minute,
  max_requests_per_day, supported_models, validation_rules) values
  ('openai', 'OpenAI', 'https://api.openai.com/v1', '^sk-[A-Za-z0-9_-]{20,}$', 60, 1000,
  '["gpt-4o", "gpt-4o-mini", "gpt-4-turbo"]',
  '{"minLength": 23, "maxLength": 200, "prefix": "sk-", "testEndpoint": "/models"}'),
  ('gemini', 'Google Gemini', 'https://generativelanguage.googleapis.com/v1beta', '^AIza[A-Za-z0-9_-]{35}$', 60, 1500,
  '["gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-pro"]',
  '{"minLength": 39, "maxLength": 39, "prefix": "AIza", "testEndpoint": "/models"}'),
  ('anthropic', 'Anthropic', 'https://api.anthropic.com/v1', '^sk-ant-[A-Za-z0-9_-]{20,}$', 50, 1000,
  '["claude-3-5-sonnet-20241022", "claude-3-5-haiku-20241022", "claude-3-opus-20240229"]',
  '{"minLength": 27, "maxLength": 200, "prefix": "sk-ant-", "testEndpoint": "/models"}')
on conflict (name) do nothing;

-- A component is a blank of the template: `{key}` in it is replaced by what the user writes.
insert into public.prompt_frameworks (name, display_name, description, components, template, examples, sort_order) values
  ('roses', 'R.O.S.E.S',
  'Sets a role and a scenario, names the solution that is expected and asks for it step by step. For problems that need a worked-out answer.',
  '[{"key": "role", "label": "Role", "description": "Who the model is to be: a profession, its experience, its point of view.", "required": true},
    {"key": "objective", "label": "Objective", "description": "What has to be reached, in one sentence.", "required": true},
    {"key": "scenario", "label": "Scenario", "description": "The situation: who is involved, what is given, what limits there are.", "required": true},
    {"key": "expected_solution", "label": "Expected solution", "description": "What a good answer looks like: its form, length and depth.", "required": true},
    {"key": "steps", "label": "Steps", "description": "The order in which to work, or a request to lay one out.", "required": true}]',
  'Role: {role}
Objective: {objective}
Scenario: {scenario}
Expected solution: {expected_solution}
Steps: {steps}',
  '[{"title": "Cut support tickets", "values": {"role": "You are a support lead with ten years in software companies.", "objective": "Halve the number of password tickets within a quarter.", "scenario": "A team of four answers 900 tickets a month; a third are about passwords. There is no budget for new tools.", "expected_solution": "A plan of one page with three measures, each with its effort and effect.", "steps": "Name the causes first, then measures for each, then an order by effect per week of work."}}]',
  10),
  ('ape', 'A.P.E',
  'The shortest of the nine: what to do, what for, and what should come out. For everyday requests.',
  '[{"key": "action", "label": "Action", "description": "What the model is to do.", "required": true},
    {"key": "purpose", "label": "Purpose", "description": "What it is for.", "required": true},
    {"key": "expectation", "label": "Expectation", "description": "What the answer should look like.", "required": true}]',
  'Action: {action}
Purpose: {purpose}
Expectation: {expectation}',
  '[{"title": "Announce a release", "values": {"action": "Write an announcement of version 2.4 of our notes application.", "purpose": "Customers should try the new search within a week.", "expectation": "Four sentences for an e-mail, with one link and no superlatives."}}]',
  20),
  ('tag', 'T.A.G',
  'Starts from the task, says how to go about it and ends with the goal it serves. For work that is measured by its effect.',
  '[{"key": "task", "label": "Task", "description": "The task as such.", "required": true},
    {"key": "action", "label": "Action", "description": "How the model is to go about it.", "required": true},
    {"key": "goal", "label": "Goal", "description": "What the task is to achieve, best with a number.", "required": true}]',
  'Task: {task}
Action: {action}
Goal: {goal}',
  '[{"title": "Improve a sign-up page", "values": {"task": "Review the sign-up page of a budgeting application.", "action": "Go through it as a first-time visitor and note each place where you would hesitate.", "goal": "Raise completed sign-ups from 31 to 40 of 100 visitors."}}]',
  30),
  ('era', 'E.R.A',
  'Puts what is expected first, then who gives it and how. For answers whose form is fixed.',
  '[{"key": "expectation", "label": "Expectation", "description": "The answer that is expected, described exactly.", "required": true},
    {"key": "role", "label": "Role", "description": "Who the model is to be.", "required": true},
    {"key": "action", "label": "Action", "description": "What it is to do.", "required": true}]',
  'Expectation: {expectation}
Role: {role}
Action: {action}',
  '[{"title": "Weekly report", "values": {"expectation": "A report of five bullet points, each with one figure and its change against last week.", "role": "You are the analyst of an online shop.", "action": "Summarise the attached sales figures for the managers."}}]',
  40),
  ('race', 'R.A.C.E',
  'Role, action, context, expectation: a balanced frame for most tasks at work.',
  '[{"key": "role", "label": "Role", "description": "Who the model is to be.", "required": true},
    {"key": "action", "label": "Action", "description": "What it is to do.", "required": true},
    {"key": "context", "label": "Context", "description": "What it needs to know about the situation.", "required": true},
    {"key": "expectation", "label": "Expectation", "description": "What the answer should look like.", "required": true}]',
  'Role: {role}
Action: {action}
Context: {context}
Expectation: {expectation}',
  '[{"title": "Prepare a code review", "values": {"role": "You are a senior engineer who reviews Rust.", "action": "Review the attached change to our rate limiter.", "context": "It runs on every request, at 5,000 a second; a bug last month let limits be passed by a clock change.", "expectation": "A list of findings, the gravest first, each with a line number and a proposed change."}}]',
  50),
  ('rise', 'R.I.S.E',
  'Gives input to work on and steps to follow. For turning material into something else.',
  '[{"key": "role", "label": "Role", "description": "Who the model is to be.", "required": true},
    {"key": "input", "label": "Input", "description": "The material: text, figures, notes.", "required": true},
    {"key": "steps", "label": "Steps", "description": "What to do with it, in order.", "required": true},
    {"key": "expectation", "label": "Expectation", "description": "What should come out.", "required": true}]',
  'Role: {role}
Input: {input}
Steps: {steps}
Expectation: {expectation}',
  '[{"title": "From interviews to findings", "values": {"role": "You are a user researcher.", "input": "Transcripts of six interviews about how people take notes at work.", "steps": "Mark each statement of a need, group the needs, name each group, count who voiced it.", "expectation": "A table of needs with the number of people and one quotation each."}}]',
  60),
  ('care', 'C.A.R.E',
  'Context, action, result, example: shows the model what the result should be like.',
  '[{"key": "context", "label": "Context", "description": "The situation in which the answer is used.", "required": true},
    {"key": "action", "label": "Action", "description": "What the model is to do.", "required": true},
    {"key": "result", "label": "Result", "description": "What should have changed when it is done.", "required": true},
    {"key": "example", "label": "Example", "description": "One example of the form or tone that is wanted.", "required": true}]',
  'Context: {context}
Action: {action}
Result: {result}
Example: {example}',
  '[{"title": "Reply to a complaint", "values": {"context": "A customer writes that an order arrived a week late, for the second time.", "action": "Write our reply.", "result": "The customer knows what went wrong and stays with us.", "example": "“You waited a week longer than we promised, and it was not the first time. That is our fault.”"}}]',
  70),
  ('coast', 'C.O.A.S.T',
  'Context and objective, then actions, a scenario and the task itself. For longer undertakings with constraints.',
  '[{"key": "context", "label": "Context", "description": "The background.", "required": true},
    {"key": "objective", "label": "Objective", "description": "What has to be reached.", "required": true},
    {"key": "actions", "label": "Actions", "description": "Which actions are possible or wanted.", "required": true},
    {"key": "scenario", "label": "Scenario", "description": "The case to assume, with its constraints.", "required": true},
    {"key": "task", "label": "Task", "description": "What the model is to deliver now.", "required": true}]',
  'Context: {context}
Objective: {objective}
Actions: {actions}
Scenario: {scenario}
Task: {task}',
  '[{"title": "Move a database", "values": {"context": "A web shop runs on MySQL 5.7, on one machine.", "objective": "Move to PostgreSQL with at most ten minutes without writes.", "actions": "Copy while running, replicate changes, compare, switch over, keep a way back.", "scenario": "300 GB of data, 200 writes a second, two engineers, six weeks.", "task": "Write the plan for the switch-over night, minute by minute."}}]',
  80),
  ('trace', 'T.R.A.C.E',
  'Task, request, action, context, example: the most explicit of the nine. For requests that were misunderstood before.',
  '[{"key": "task", "label": "Task", "description": "The task in a few words.", "required": true},
    {"key": "request", "label": "Request", "description": "What exactly is asked for.", "required": true},
    {"key": "action", "label": "Action", "description": "How the model is to proceed.", "required": true},
    {"key": "context", "label": "Context", "description": "What it needs to know.", "required": true},
    {"key": "example", "label": "Example", "description": "One example of a good answer.", "required": true}]',
  'Task: {task}
Request: {request}
Action: {action}
Context: {context}
Example: {example}',
  '[{"title": "Name features", "values": {"task": "Find a name.", "request": "Ten names for a feature that groups related notes by itself.", "action": "Prefer plain English words of at most two syllables; leave out names that competitors use.", "context": "The product is called Mindloom; its users are researchers and writers.", "example": "“Threads”: notes that belong together run along one thread."}}]',
  90)
on conflict (name) do nothing;

insert into public.feedback_categories (name, description, sort_order) values
  ('Product', 'What the application does, and should do.', 10),
  ('Account and billing', 'Signing in, plans, payments and data of the account.', 20),
  ('Help', 'Questions about how something is done.', 30)
on conflict (name) do nothing;
insert into public.feedback_categories (name, description, parent_id, sort_order)
select child.name, child.description, parent.id, child.sort_order
from (values
  ('Prompt generation', 'Quality, speed and options of generated prompts.', 'Product', 11),
  ('Frameworks and templates', 'The frameworks themselves, and templates made with them.', 'Product', 12),
  ('Editor and interface', 'Layout, wording, accessibility.', 'Product', 13),
  ('Speed and reliability', 'Slow pages, outages, lost work.', 'Product', 14),
  ('API keys', 'Saving, testing and removing keys of providers.', 'Account and billing', 21),
  ('Privacy and security', 'What is stored, who sees it, and weaknesses found.', 'Account and billing', 22),
  ('Documentation', 'What the documentation lacks or gets wrong.', 'Help', 31)
) as child (name, description, parent, sort_order)
join public.feedback_categories parent on parent.name = child.parent
on conflict (name) do nothing;

insert into public.feedback_tags (name, description, color) values
  ('accessibility', 'Hard or impossible to use for some people.', '#0EA5E9'),
  ('crash', 'The application stopped working.', '#DC2626'),
  ('data-loss', 'Something that was saved is gone.', '#991B1B'),
  ('design', 'Looks and layout.', '#A855F7'),
  ('duplicate', 'Reported before.', '#9CA3AF'),
  ('idea', 'Something new.', '#22C55E'),
  ('mobile', 'On phones and tablets.', '#F97316'),
  ('performance', 'Too slow.', '#EAB308'),
  ('praise', 'Somebody is happy.', '#10B981'),
  ('translation', 'Wrong or missing in another language.', '#6366F1')
on conflict (name) do nothing;

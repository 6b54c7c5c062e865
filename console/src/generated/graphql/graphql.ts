/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An account that an administrator makes. */
export type AdminCreateUserInput = {
  /** The address. */
  email: string;
  /** Whether the address counts as proved. */
  emailConfirmed?: boolean;
  /** The password; without one the owner comes in by mail. */
  password?: string | null | undefined;
  /** The role in appMetadata, such as admin. */
  role?: string | null | undefined;
  /** What is said about the owner. */
  userMetadata?: unknown;
};

/** A condition on related agent activity logs. */
export type AgentActivityLogListWhere = {
  /** None fails to fit. */
  every?: AgentActivityLogWhere | null | undefined;
  /** None fits. */
  none?: AgentActivityLogWhere | null | undefined;
  /** At least one fits. */
  some?: AgentActivityLogWhere | null | undefined;
};

/** A condition on agent activity logs; all that is named must hold, and nothing that is named can be null. */
export type AgentActivityLogWhere = {
  /** The agent. */
  agentType?: AgentTypeFilter | null | undefined;
  /** All of these hold. */
  and?: Array<AgentActivityLogWhere> | null | undefined;
  /** The same for everything that one action of a person caused. */
  correlationId?: UuidFilter | null | undefined;
  /** When the entry was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How long it took, in milliseconds. */
  durationMs?: IntFilter | null | undefined;
  /** When it ended. */
  endTime?: DateTimeFilter | null | undefined;
  /** What went wrong. */
  errorMessage?: StringFilter | null | undefined;
  /** What kind of error, at most 100 characters. */
  errorType?: StringFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** Cost of what was read, in US dollars. */
  inputCost?: DecimalFilter | null | undefined;
  /** Tokens read. */
  inputTokens?: IntFilter | null | undefined;
  /** The model it used, at most 100 characters. */
  modelId?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: AgentActivityLogWhere | null | undefined;
  /** The area, such as `generation`; at most 50 characters. */
  operationCategory?: StringFilter | null | undefined;
  /** Details of it. */
  operationMetadata?: JsonFilter | null | undefined;
  /** What it did, such as `code_generation` or `search`; at most 50 characters. */
  operationType?: StringFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<AgentActivityLogWhere> | null | undefined;
  /** Cost of what was written, in US dollars. */
  outputCost?: DecimalFilter | null | undefined;
  /** Tokens written. */
  outputTokens?: IntFilter | null | undefined;
  /** Who ran the model. */
  provider?: ModelProviderFilter | null | undefined;
  /** Tokens spent on reasoning. */
  reasoningTokens?: IntFilter | null | undefined;
  /** The document, program or diagram it worked on. */
  resourceId?: UuidFilter | null | undefined;
  /** What kind of thing that is, at most 50 characters. */
  resourceType?: StringFilter | null | undefined;
  /** How often it was tried again. */
  retryCount?: IntFilter | null | undefined;
  /** When it began. */
  startTime?: DateTimeFilter | null | undefined;
  /** Whether it worked. */
  success?: BooleanFilter | null | undefined;
  /** Whether the model reasoned first. */
  thinkingMode?: BooleanFilter | null | undefined;
  /** The whole cost, in US dollars. */
  totalCost?: DecimalFilter | null | undefined;
  /** All tokens. */
  totalTokens?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person it worked for. */
  user?: UserWhere | null | undefined;
  /** The person it worked for; none for work of the system. */
  userId?: UuidFilter | null | undefined;
};

/** An agent of the chat. */
export type AgentType =
  /** The main chat. */
  | 'CHAT_MODEL_AGENT'
  /** Text documents. */
  | 'DOCUMENT_AGENT'
  /** GitHub. */
  | 'GIT_MCP_AGENT'
  /** Diagrams. */
  | 'MERMAID_AGENT'
  /** Search, web pages and code execution of the provider. */
  | 'PROVIDER_TOOLS_AGENT'
  /** Python programs. */
  | 'PYTHON_AGENT';

/** A condition on a AgentType value; all that is named must hold. */
export type AgentTypeFilter = {
  /** Equal to. */
  eq?: AgentType | null | undefined;
  /** Equal to one of these. */
  in?: Array<AgentType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: AgentType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<AgentType> | null | undefined;
};

/** What an alert is about. */
export type AlertKind =
  /** Connections in use, in percent of all that the database takes. */
  | 'CONNECTIONS'
  /** How large the database is, in bytes. */
  | 'DATABASE_SIZE'
  /** Jobs that will not be tried again. */
  | 'DEAD_JOBS'
  /** How much of a server's disk is free, in percent. */
  | 'DISK_FREE'
  /** Operations that failed by a fault of the server, in percent. */
  | 'ERROR_RATE'
  /** The largest use of a quota by an account, in percent. */
  | 'QUOTA'
  /** Statements that run for long. */
  | 'SLOW_STATEMENTS'
  /** For how many minutes the oldest job has been waiting while no worker runs. */
  | 'WAITING_JOBS';

/** Changes of when alerts are raised; 0 is never. */
export type AlertSettingsInput = {
  /** Connections in use, in percent of all that the database takes. */
  connectionsPercent?: number | null | undefined;
  /** How large the database is. */
  databaseBytes?: string | null | undefined;
  /** Jobs that died within a day. */
  deadJobs?: number | null | undefined;
  /** Free room on the disk with a server's data directory, in percent. */
  diskFreePercent?: number | null | undefined;
  /** Operations that failed by a fault of the server within five minutes, in percent. */
  errorPercent?: number | null | undefined;
  /** The largest use of a quota by an account, in percent. */
  quotaPercent?: number | null | undefined;
  /** From how many seconds on a statement is slow. */
  slowStatementSeconds?: number | null | undefined;
  /** Statements that run for longer than slowStatementSeconds. */
  slowStatements?: number | null | undefined;
  /** For how many minutes jobs wait while no worker runs. */
  waitingJobMinutes?: number | null | undefined;
};

/** How a message is to be answered. What is not given is as the administrators set it up for the agent. */
export type AnswerOptions = {
  /** Who answers: the chat itself, which hands work to all others; or one of them, which then is the only one it has. */
  agent?: AgentType | null | undefined;
  /** The most tokens that it may write at a time. */
  maxOutputTokens?: number | null | undefined;
  /** One of `modelConfigs`, by its `modelId`; the default model without it. `local` is no model: it answers with what is found in the caller's notes. */
  model?: string | null | undefined;
  /** Whose model it is, where several providers have one of that name: `openai`, `anthropic`, `google`, `compatible`. */
  provider?: string | null | undefined;
  /** How long it thinks first, where it can. */
  reasoning?: AnswerReasoning | null | undefined;
  /** How freely the model chooses its words, from 0 to 2. */
  temperature?: number | null | undefined;
};

/** How long a model thinks before it answers. */
export type AnswerReasoning =
  /** Long. */
  | 'HIGH'
  /** Briefly. */
  | 'LOW'
  /** For a while. */
  | 'MEDIUM';

/** A condition on related api configurations. */
export type ApiConfigurationListWhere = {
  /** None fails to fit. */
  every?: ApiConfigurationWhere | null | undefined;
  /** None fits. */
  none?: ApiConfigurationWhere | null | undefined;
  /** At least one fits. */
  some?: ApiConfigurationWhere | null | undefined;
};

/** A condition on api configurations; all that is named must hold, and nothing that is named can be null. */
export type ApiConfigurationWhere = {
  /** All of these hold. */
  and?: Array<ApiConfigurationWhere> | null | undefined;
  /** The key's last four characters, to tell keys apart. */
  apiKeyHint?: StringFilter | null | undefined;
  /** The provider that the key is for. */
  apiProvider?: ApiProviderWhere | null | undefined;
  /** When it was saved. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it is to be used. */
  isActive?: BooleanFilter | null | undefined;
  /** Whether the provider accepted it. */
  isValidated?: BooleanFilter | null | undefined;
  /** When it was last used. */
  lastUsedAt?: DateTimeFilter | null | undefined;
  /** When the provider was last asked. */
  lastValidatedAt?: DateTimeFilter | null | undefined;
  /** Calls of models made with it. */
  modelCalls?: ModelCallListWhere | null | undefined;
  /** This does not hold. */
  not?: ApiConfigurationWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ApiConfigurationWhere> | null | undefined;
  /** The provider's `name`. */
  provider?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Calls made with it. */
  usageCount?: IntFilter | null | undefined;
  /** The person whose key it is. */
  user?: UserWhere | null | undefined;
  /** The person whose key it is. */
  userId?: UuidFilter | null | undefined;
  /** What the provider said against it. */
  validationError?: StringFilter | null | undefined;
};

/** A condition on api providers; all that is named must hold, and nothing that is named can be null. */
export type ApiProviderWhere = {
  /** All of these hold. */
  and?: Array<ApiProviderWhere> | null | undefined;
  /** A regular expression that its keys match. */
  apiKeyPattern?: StringFilter | null | undefined;
  /** The address of its API. */
  baseUrl?: StringFilter | null | undefined;
  /** Keys saved for it. */
  configurations?: ApiConfigurationListWhere | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The name people see, at most 100 characters. */
  displayName?: StringFilter | null | undefined;
  /** The provider's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it may be used. */
  isEnabled?: BooleanFilter | null | undefined;
  /** Requests a person may make in a day. */
  maxRequestsPerDay?: IntFilter | null | undefined;
  /** Requests a person may make in a minute. */
  maxRequestsPerMinute?: IntFilter | null | undefined;
  /** Its short name, as other rows refer to it. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ApiProviderWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ApiProviderWhere> | null | undefined;
  /** Prompts generated with it. */
  promptHistory?: PromptHistoryEntryListWhere | null | undefined;
  /** The names of its models: an array. */
  supportedModels?: JsonFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** How a key is checked before it is tried. */
  validationRules?: JsonFilter | null | undefined;
};

/** A condition on related api usage logs. */
export type ApiUsageLogListWhere = {
  /** None fails to fit. */
  every?: ApiUsageLogWhere | null | undefined;
  /** None fits. */
  none?: ApiUsageLogWhere | null | undefined;
  /** At least one fits. */
  some?: ApiUsageLogWhere | null | undefined;
};

/** A condition on api usage logs; all that is named must hold, and nothing that is named can be null. */
export type ApiUsageLogWhere = {
  /** All of these hold. */
  and?: Array<ApiUsageLogWhere> | null | undefined;
  /** What it cost, in US dollars; null where the price is unknown. */
  cost?: DecimalFilter | null | undefined;
  /** When the call was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The path that was called. */
  endpoint?: StringFilter | null | undefined;
  /** What went wrong. */
  errorMessage?: StringFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** Tokens read. */
  inputTokens?: IntFilter | null | undefined;
  /** The model, at most 100 characters. */
  model?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ApiUsageLogWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ApiUsageLogWhere> | null | undefined;
  /** Tokens written. */
  outputTokens?: IntFilter | null | undefined;
  /** Whether the person's own key was used, and not the server's. */
  ownKey?: BooleanFilter | null | undefined;
  /** The provider, at most 50 characters. */
  provider?: StringFilter | null | undefined;
  /** Bytes sent. */
  requestSize?: IntFilter | null | undefined;
  /** Bytes received. */
  responseSize?: IntFilter | null | undefined;
  /** How long it took, in milliseconds. */
  responseTimeMs?: IntFilter | null | undefined;
  /** The HTTP status of the answer, 100 to 599. */
  statusCode?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who caused it. */
  user?: UserWhere | null | undefined;
  /** The person who caused it. */
  userId?: UuidFilter | null | undefined;
};

/** What the content of an artifact is. */
export type ArtifactKind =
  /** A Mermaid diagram. */
  | 'MERMAID_CODE'
  /** A Python program. */
  | 'PYTHON_CODE'
  /** A table as CSV. */
  | 'SHEET'
  /** Markdown. */
  | 'TEXT';

/** A condition on a ArtifactKind value; all that is named must hold. */
export type ArtifactKindFilter = {
  /** Equal to. */
  eq?: ArtifactKind | null | undefined;
  /** Equal to one of these. */
  in?: Array<ArtifactKind> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ArtifactKind | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ArtifactKind> | null | undefined;
};

/** A condition on related artifacts. */
export type ArtifactListWhere = {
  /** None fails to fit. */
  every?: ArtifactWhere | null | undefined;
  /** None fits. */
  none?: ArtifactWhere | null | undefined;
  /** At least one fits. */
  some?: ArtifactWhere | null | undefined;
};

/** A condition on artifacts; all that is named must hold, and nothing that is named can be null. */
export type ArtifactWhere = {
  /** All of these hold. */
  and?: Array<ArtifactWhere> | null | undefined;
  /** The chat it was made in. */
  chat?: ChatWhere | null | undefined;
  /** The chat it was made in. */
  chatId?: UuidFilter | null | undefined;
  /** The versions made from this one. */
  children?: ArtifactListWhere | null | undefined;
  /** Its whole text in this version. */
  content?: StringFilter | null | undefined;
  /** When this version was made; with `id` it is the version's key. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The artifact's key, the same for all its versions. */
  id?: UuidFilter | null | undefined;
  /** What the content is. */
  kind?: ArtifactKindFilter | null | undefined;
  /** How the version came about: kind of update, range of lines, agent. */
  metadata?: JsonFilter | null | undefined;
  /** This does not hold. */
  not?: ArtifactWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ArtifactWhere> | null | undefined;
  /** The version that this one was made from. */
  parent?: ArtifactWhere | null | undefined;
  /** The `version_id` that this version was made from: the latest one unless another is named. */
  parentVersionId?: UuidFilter | null | undefined;
  /** Proposed edits of this version. */
  suggestions?: SuggestionListWhere | null | undefined;
  /** Its title, 1 to 500 characters. */
  title?: StringFilter | null | undefined;
  /** When this version was last edited in place. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person whose artifact it is. */
  user?: UserWhere | null | undefined;
  /** The person whose artifact it is. */
  userId?: UuidFilter | null | undefined;
  /** The key of this version alone. */
  versionId?: UuidFilter | null | undefined;
  /** 1 for the first version, then counting up. */
  versionNumber?: IntFilter | null | undefined;
};

/** A condition on related audio recordings. */
export type AudioRecordingListWhere = {
  /** None fails to fit. */
  every?: AudioRecordingWhere | null | undefined;
  /** None fits. */
  none?: AudioRecordingWhere | null | undefined;
  /** At least one fits. */
  some?: AudioRecordingWhere | null | undefined;
};

/** A condition on audio recordings; all that is named must hold, and nothing that is named can be null. */
export type AudioRecordingWhere = {
  /** All of these hold. */
  and?: Array<AudioRecordingWhere> | null | undefined;
  /** How many channels it has, where the file says it. */
  channelCount?: IntFilter | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How long it is, in seconds. */
  durationSeconds?: DecimalFilter | null | undefined;
  /** The file's name, at most 255 characters. */
  fileName?: StringFilter | null | undefined;
  /** Prompts generated from it. */
  generations?: PromptGenerationListWhere | null | undefined;
  /** The recording's key. */
  id?: UuidFilter | null | undefined;
  /** The file's type: MP3, WAV, WebM, OGG, MP4 or AAC. */
  mimeType?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: AudioRecordingWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<AudioRecordingWhere> | null | undefined;
  /** The project it is for. */
  project?: ProjectWhere | null | undefined;
  /** The project it is for. */
  projectId?: UuidFilter | null | undefined;
  /** How often a second the sound was measured, where the file says it. */
  sampleRateHz?: IntFilter | null | undefined;
  /** The file's size in bytes, at most 50 MB. */
  sizeBytes?: BigIntFilter | null | undefined;
  /** The file's path in the bucket: `{user_id}/{project_id}/{timestamp}_{filename}`. */
  storagePath?: StringFilter | null | undefined;
  /** What the file says of itself: `title`, `artist`, `album`, `genre`, `comment`. */
  tags?: JsonFilter | null | undefined;
  /** When it was transcribed. */
  transcribedAt?: DateTimeFilter | null | undefined;
  /** What is said in it. */
  transcription?: StringFilter | null | undefined;
  /** Why it could not be transcribed the last time; null where it could, and while it is tried again. */
  transcriptionError?: StringFilter | null | undefined;
  /** The language spoken, as a code such as `en`. */
  transcriptionLanguage?: StringFilter | null | undefined;
  /** How far the transcription is. */
  transcriptionStatus?: TranscriptionStatusFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who spoke. */
  user?: UserWhere | null | undefined;
  /** The person who spoke. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on a BigInt value; all that is named must hold. */
export type BigIntFilter = {
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
};

/** A condition on a Boolean value; all that is named must hold. */
export type BooleanFilter = {
  /** Equal to. */
  eq?: boolean | null | undefined;
  /** Equal to one of these. */
  in?: Array<boolean> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: boolean | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<boolean> | null | undefined;
};

/** A condition on buckets; all that is named must hold, and nothing that is named can be null. */
export type BucketWhere = {
  /** The media types that it takes; any if not stated. */
  allowedMimeTypes?: StringListFilter | null | undefined;
  /** All of these hold. */
  and?: Array<BucketWhere> | null | undefined;
  /** When the bucket was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The largest file that it takes, in bytes; no limit of its own if not stated. */
  fileSizeLimit?: BigIntFilter | null | undefined;
  /** The bucket's name in paths. */
  id?: StringFilter | null | undefined;
  /** The bucket's name for people, at most 100 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: BucketWhere | null | undefined;
  /** Its files. */
  objects?: ObjectListWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<BucketWhere> | null | undefined;
  /** Whether its files can be read without signing in. */
  public?: BooleanFilter | null | undefined;
  /** When the bucket was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** What happened to a row, as a subscriber with a condition sees it. */
export type ChangeKind =
  /** A row was deleted. */
  | 'DELETE'
  /** A change made the row fit the condition. */
  | 'ENTER'
  /** A row was made. */
  | 'INSERT'
  /** A change made the row no longer fit the condition. */
  | 'LEAVE'
  /** A row that fits the condition was changed. */
  | 'UPDATE';

/** A file that comes with a message: one of the two. */
export type ChatAttachmentInput = {
  /** A file of the caller's, by its key among the objects of the storage. */
  objectId?: string | null | undefined;
  /** A recording of the caller's. */
  recordingId?: string | null | undefined;
};

/** A condition on related chats. */
export type ChatListWhere = {
  /** None fails to fit. */
  every?: ChatWhere | null | undefined;
  /** None fits. */
  none?: ChatWhere | null | undefined;
  /** At least one fits. */
  some?: ChatWhere | null | undefined;
};

/** What a piece of an answer is. */
export type ChatStreamEventKind =
  /** Nothing follows. */
  | 'END'
  /** What the model thinks, to be added to what it thought before. */
  | 'REASONING'
  /** A worker was lost in the middle. Another one writes the step again; what the first wrote of it counts no more. */
  | 'RESTART'
  /** What the answer refers to. */
  | 'SOURCE'
  /** A model is about to write. Several follow each other where it uses tools. */
  | 'STEP'
  /** Words of the answer, to be added to those before. */
  | 'TEXT'
  /** The model calls a tool. */
  | 'TOOL_CALL'
  /** A tool asks whether it may: answer with `answerToolRequest`. */
  | 'TOOL_REQUEST'
  /** What came of a call. */
  | 'TOOL_RESULT'
  /** What a call of a model used. */
  | 'USAGE';

/** A condition on related chat streams. */
export type ChatStreamListWhere = {
  /** None fails to fit. */
  every?: ChatStreamWhere | null | undefined;
  /** None fits. */
  none?: ChatStreamWhere | null | undefined;
  /** At least one fits. */
  some?: ChatStreamWhere | null | undefined;
};

/** A condition on chat streams; all that is named must hold, and nothing that is named can be null. */
export type ChatStreamWhere = {
  /** All of these hold. */
  and?: Array<ChatStreamWhere> | null | undefined;
  /** The chat it writes into. */
  chat?: ChatWhere | null | undefined;
  /** The chat it writes into. */
  chatId?: UuidFilter | null | undefined;
  /** When the answer began. */
  createdAt?: DateTimeFilter | null | undefined;
  /** When it ended. */
  endedAt?: DateTimeFilter | null | undefined;
  /** Why it failed: one of the codes of errors. */
  errorCode?: StringFilter | null | undefined;
  /** Why it failed, in a sentence. */
  errorMessage?: StringFilter | null | undefined;
  /** The stream's key. */
  id?: UuidFilter | null | undefined;
  /** The job that writes it. */
  jobId?: UuidFilter | null | undefined;
  /** The message that it writes. */
  message?: MessageWhere | null | undefined;
  /** The message that it writes; none where a client only marks that it writes one. */
  messageId?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: ChatStreamWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ChatStreamWhere> | null | undefined;
  /** How far it is; none where the server does not write it. */
  status?: StreamStatusFilter | null | undefined;
  /** When somebody wished that it ends. */
  stopRequestedAt?: DateTimeFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Who may read a chat. */
export type ChatVisibility =
  /** Only its owner. */
  | 'PRIVATE'
  /** Whoever has its key. */
  | 'PUBLIC';

/** A condition on a ChatVisibility value; all that is named must hold. */
export type ChatVisibilityFilter = {
  /** Equal to. */
  eq?: ChatVisibility | null | undefined;
  /** Equal to one of these. */
  in?: Array<ChatVisibility> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ChatVisibility | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ChatVisibility> | null | undefined;
};

/** A condition on chats; all that is named must hold, and nothing that is named can be null. */
export type ChatWhere = {
  /** All of these hold. */
  and?: Array<ChatWhere> | null | undefined;
  /** Versions of artifacts made in it. */
  artifacts?: ArtifactListWhere | null | undefined;
  /** When the chat was begun. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The chat's key. Whoever has it can read the chat while it is public. */
  id?: UuidFilter | null | undefined;
  /** What the application remembers of the last exchange, such as the use of the context window. */
  lastContext?: JsonFilter | null | undefined;
  /** What was said, in order of time. */
  messages?: MessageListWhere | null | undefined;
  /** Calls of models made for it, with tokens and costs. */
  modelCalls?: ModelCallListWhere | null | undefined;
  /** This does not hold. */
  not?: ChatWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ChatWhere> | null | undefined;
  /** Answers that were streamed in it. */
  streams?: ChatStreamListWhere | null | undefined;
  /** What it is about, 1 to 500 characters. While it is `New chat`, the first message that `sendMessage` sends names the chat. */
  title?: StringFilter | null | undefined;
  /** What the messages cost, in US dollars. */
  totalCost?: DecimalFilter | null | undefined;
  /** Tokens read by models, summed over the messages. */
  totalInputTokens?: BigIntFilter | null | undefined;
  /** Tokens written by models, summed over the messages. */
  totalOutputTokens?: BigIntFilter | null | undefined;
  /** When the chat or its totals last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Calls of models made for it. */
  usageLogs?: UsageLogListWhere | null | undefined;
  /** The person whose chat it is. */
  user?: UserWhere | null | undefined;
  /** The person whose chat it is. */
  userId?: UuidFilter | null | undefined;
  /** Whether others may read it by its key. */
  visibility?: ChatVisibilityFilter | null | undefined;
  /** The verdicts on its messages. */
  votes?: VoteListWhere | null | undefined;
};

/** A condition on related clusters. */
export type ClusterListWhere = {
  /** None fails to fit. */
  every?: ClusterWhere | null | undefined;
  /** None fits. */
  none?: ClusterWhere | null | undefined;
  /** At least one fits. */
  some?: ClusterWhere | null | undefined;
};

/** Where a cluster is in its life. */
export type ClusterStatus =
  /** Approved by its owner. */
  | 'ACCEPTED'
  /** Rejected by its owner. */
  | 'DISMISSED'
  /** Proposed, waiting for its owner to decide. */
  | 'SUGGESTED';

/** A condition on a ClusterStatus value; all that is named must hold. */
export type ClusterStatusFilter = {
  /** Equal to. */
  eq?: ClusterStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<ClusterStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ClusterStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ClusterStatus> | null | undefined;
};

/** A condition on clusters; all that is named must hold, and nothing that is named can be null. */
export type ClusterWhere = {
  /** When its owner approved it. */
  acceptedAt?: DateTimeFilter | null | undefined;
  /** How many notes it holds that are not deleted. Counted by the server. */
  activeNoteCount?: IntFilter | null | undefined;
  /** All of these hold. */
  and?: Array<ClusterWhere> | null | undefined;
  /** How sure the suggestion was, 0 to 1 in hundredths. Of one by `suggestClusters`: the mean cosine similarity of all pairs of its notes. */
  confidenceScore?: DecimalFilter | null | undefined;
  /** When the cluster was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What its notes have in common, at most 5,000 characters. */
  description?: StringFilter | null | undefined;
  /** When its owner rejected it. */
  dismissedAt?: DateTimeFilter | null | undefined;
  /** The documents made from it. */
  documents?: DocumentListWhere | null | undefined;
  /** The cluster's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: ClusterWhere | null | undefined;
  /** How many notes it holds, deleted ones included. Counted by the server. */
  noteCount?: IntFilter | null | undefined;
  /** The notes that are proposed for it, and those that were refused. */
  noteSuggestions?: NoteSuggestionListWhere | null | undefined;
  /** Its notes, deleted ones included. */
  notes?: NoteListWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ClusterWhere> | null | undefined;
  /** Whether its owner has decided on it, and how. */
  status?: ClusterStatusFilter | null | undefined;
  /** When it was suggested. */
  suggestedAt?: DateTimeFilter | null | undefined;
  /** Tags proposed for its notes, at most 20 of 50 characters. */
  suggestedTags?: StringListFilter | null | undefined;
  /** The job of `suggestClusters` that suggested it; null once its owner has worked on it, and for clusters that people or programs made. While it is suggested and this is given, the next run replaces it. */
  suggestionJobId?: UuidFilter | null | undefined;
  /** Words that its notes share, at most 50 of 100 characters. */
  themeKeywords?: StringListFilter | null | undefined;
  /** The themes found in its notes, a list of any shape. */
  themes?: JsonFilter | null | undefined;
  /** What it is about, 1 to 200 characters. */
  title?: StringFilter | null | undefined;
  /** The words of its notes that are not deleted. Counted by the server. */
  totalWords?: BigIntFilter | null | undefined;
  /** When the cluster was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on related collaborators. */
export type CollaboratorListWhere = {
  /** None fails to fit. */
  every?: CollaboratorWhere | null | undefined;
  /** None fits. */
  none?: CollaboratorWhere | null | undefined;
  /** At least one fits. */
  some?: CollaboratorWhere | null | undefined;
};

/** What a person may do with a project shared with them. Each role may do all that the one before it may. */
export type CollaboratorRole =
  /** Change it. */
  | 'EDITOR'
  /** Share it. */
  | 'OWNER'
  /** Read it. */
  | 'VIEWER';

/** A condition on a CollaboratorRole value; all that is named must hold. */
export type CollaboratorRoleFilter = {
  /** Equal to. */
  eq?: CollaboratorRole | null | undefined;
  /** Equal to one of these. */
  in?: Array<CollaboratorRole> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: CollaboratorRole | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<CollaboratorRole> | null | undefined;
};

/** A condition on collaborators; all that is named must hold, and nothing that is named can be null. */
export type CollaboratorWhere = {
  /** All of these hold. */
  and?: Array<CollaboratorWhere> | null | undefined;
  /** When it was shared. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** The person who shared it. */
  invitedBy?: UuidFilter | null | undefined;
  /** The person who shared it. */
  inviter?: UserWhere | null | undefined;
  /** This does not hold. */
  not?: CollaboratorWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<CollaboratorWhere> | null | undefined;
  /** The project. */
  project?: ProjectWhere | null | undefined;
  /** The project. */
  projectId?: UuidFilter | null | undefined;
  /** What they may do with it. */
  role?: CollaboratorRoleFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person it is shared with. */
  user?: UserWhere | null | undefined;
  /** The person it is shared with. */
  userId?: UuidFilter | null | undefined;
};

/** What a component is. */
export type ComponentType =
  /** A sound. */
  | 'AUDIO'
  /** A button. */
  | 'BUTTON'
  /** A framed group. */
  | 'CARD'
  /** A choice of yes or no. */
  | 'CHECKBOX'
  /** Holds others. */
  | 'CONTAINER'
  /** Anything else, as its properties say. */
  | 'CUSTOM'
  /** Inputs that are sent together. */
  | 'FORM'
  /** A heading. */
  | 'HEADING'
  /** A small picture. */
  | 'ICON'
  /** A picture. */
  | 'IMAGE'
  /** A line to write in. */
  | 'INPUT'
  /** A list. */
  | 'LIST'
  /** Links to other places. */
  | 'NAVIGATION'
  /** A prompt for a model. */
  | 'PROMPT'
  /** A choice of one. */
  | 'SELECT'
  /** A table. */
  | 'TABLE'
  /** Text. */
  | 'TEXT'
  /** Several lines to write in. */
  | 'TEXTAREA'
  /** A film. */
  | 'VIDEO';

/** A condition on a ComponentType value; all that is named must hold. */
export type ComponentTypeFilter = {
  /** Equal to. */
  eq?: ComponentType | null | undefined;
  /** Equal to one of these. */
  in?: Array<ComponentType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ComponentType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ComponentType> | null | undefined;
};

/** What was done to an entry of the configuration. */
export type ConfigurationAct =
  /** It was changed. */
  | 'CHANGED'
  /** It was made. */
  | 'CREATED'
  /** It was deleted. */
  | 'DELETED';

/** A part of the configuration. */
export type ConfigurationTable =
  /** Agents and settings of the server. */
  | 'ADMIN_CONFIG'
  /** Providers. */
  | 'API_PROVIDERS'
  /** Models. */
  | 'MODEL_CONFIG'
  /** Frameworks of prompts. */
  | 'PROMPT_FRAMEWORKS';

/** A condition on a DateTime value; all that is named must hold. */
export type DateTimeFilter = {
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
};

/** A condition on a Decimal value; all that is named must hold. */
export type DecimalFilter = {
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
};

/** A condition on related document comments. */
export type DocumentCommentListWhere = {
  /** None fails to fit. */
  every?: DocumentCommentWhere | null | undefined;
  /** None fits. */
  none?: DocumentCommentWhere | null | undefined;
  /** At least one fits. */
  some?: DocumentCommentWhere | null | undefined;
};

/** A condition on document comments; all that is named must hold, and nothing that is named can be null. */
export type DocumentCommentWhere = {
  /** All of these hold. */
  and?: Array<DocumentCommentWhere> | null | undefined;
  /** The text, 1 to 5,000 characters. */
  content?: StringFilter | null | undefined;
  /** When it was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The document. */
  document?: DocumentWhere | null | undefined;
  /** The document. */
  documentId?: UuidFilter | null | undefined;
  /** The comment's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: DocumentCommentWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<DocumentCommentWhere> | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Who wrote it. */
  user?: UserWhere | null | undefined;
  /** Who wrote it. */
  userId?: UuidFilter | null | undefined;
};

/** The markup of a text. */
export type DocumentFormat =
  /** HTML. */
  | 'HTML'
  /** Markdown. */
  | 'MARKDOWN'
  /** None. */
  | 'PLAIN_TEXT';

/** A condition on a DocumentFormat value; all that is named must hold. */
export type DocumentFormatFilter = {
  /** Equal to. */
  eq?: DocumentFormat | null | undefined;
  /** Equal to one of these. */
  in?: Array<DocumentFormat> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: DocumentFormat | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<DocumentFormat> | null | undefined;
};

/** A condition on related documents. */
export type DocumentListWhere = {
  /** None fails to fit. */
  every?: DocumentWhere | null | undefined;
  /** None fits. */
  none?: DocumentWhere | null | undefined;
  /** At least one fits. */
  some?: DocumentWhere | null | undefined;
};

/** A condition on related document sources. */
export type DocumentSourceListWhere = {
  /** None fails to fit. */
  every?: DocumentSourceWhere | null | undefined;
  /** None fits. */
  none?: DocumentSourceWhere | null | undefined;
  /** At least one fits. */
  some?: DocumentSourceWhere | null | undefined;
};

/** A condition on document sources; all that is named must hold, and nothing that is named can be null. */
export type DocumentSourceWhere = {
  /** All of these hold. */
  and?: Array<DocumentSourceWhere> | null | undefined;
  /** When it was chosen. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The document. */
  document?: DocumentWhere | null | undefined;
  /** The document. */
  documentId?: UuidFilter | null | undefined;
  /** Whether there was room for it: whoever wrote the text was given it. */
  isUsed?: BooleanFilter | null | undefined;
  /** This does not hold. */
  not?: DocumentSourceWhere | null | undefined;
  /** The note. */
  note?: NoteWhere | null | undefined;
  /** The note; none once it is gone for good. */
  noteId?: UuidFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<DocumentSourceWhere> | null | undefined;
  /** The note's number, from 1: the text refers to it in square brackets. */
  position?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The owner of both. */
  user?: UserWhere | null | undefined;
  /** The owner of both. */
  userId?: UuidFilter | null | undefined;
};

/** Where a document is in its life. */
export type DocumentStatus =
  /** Put away. */
  | 'ARCHIVED'
  /** Being written. */
  | 'DRAFT'
  /** Finished. */
  | 'PUBLISHED';

/** A condition on a DocumentStatus value; all that is named must hold. */
export type DocumentStatusFilter = {
  /** Equal to. */
  eq?: DocumentStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<DocumentStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: DocumentStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<DocumentStatus> | null | undefined;
};

/** A condition on documents; all that is named must hold, and nothing that is named can be null. */
export type DocumentWhere = {
  /** Whether readers of the link may comment. */
  allowComments?: BooleanFilter | null | undefined;
  /** All of these hold. */
  and?: Array<DocumentWhere> | null | undefined;
  /** The versions made from it. */
  children?: DocumentListWhere | null | undefined;
  /** The cluster that it was made from. */
  cluster?: ClusterWhere | null | undefined;
  /** The cluster that it was made from, one of the owner's. */
  clusterId?: UuidFilter | null | undefined;
  /** What holders of its link said about it. */
  comments?: DocumentCommentListWhere | null | undefined;
  /** The text, at most 1,000,000 characters. */
  content?: StringFilter | null | undefined;
  /** When the document was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The markup of the text. */
  format?: DocumentFormatFilter | null | undefined;
  /** The job that writes it: `cancelJob` stops it. */
  generationJobId?: UuidFilter | null | undefined;
  /** How it was made: model, prompt and the like. */
  generationMetadata?: JsonFilter | null | undefined;
  /** How far the server has come with it; none for one that people write themselves. */
  generationState?: GenerationStateFilter | null | undefined;
  /** The document's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** Whether whoever knows the token may read it. */
  isPublic?: BooleanFilter | null | undefined;
  /** This does not hold. */
  not?: DocumentWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<DocumentWhere> | null | undefined;
  /** The document that it is the next version of. */
  parent?: DocumentWhere | null | undefined;
  /** The document that it is the next version of, one of the owner's. */
  parentDocumentId?: UuidFilter | null | undefined;
  /** Minutes that reading it takes, at 200 words a minute, rounded up. Counted by the server. */
  readingTime?: IntFilter | null | undefined;
  /** When the sharing ends by itself; never if not stated. */
  shareExpiresAt?: DateTimeFilter | null | undefined;
  /** What the link to it contains. Made when sharing starts and forgotten when it ends. */
  shareToken?: UuidFilter | null | undefined;
  /** The notes that it was made of, in the order by whose numbers its text refers to them. */
  sources?: DocumentSourceListWhere | null | undefined;
  /** How far it has come. */
  status?: DocumentStatusFilter | null | undefined;
  /** Its tags, at most 20 of 1 to 50 characters. */
  tags?: StringListFilter | null | undefined;
  /** Its title, 1 to 500 characters. */
  title?: StringFilter | null | undefined;
  /** When the document was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
  /** One more than the version of its parent; 1 without one. Set by the server. */
  version?: IntFilter | null | undefined;
  /** The words of the text. Counted by the server. */
  wordCount?: IntFilter | null | undefined;
};

/** A condition on related error logs. */
export type ErrorLogListWhere = {
  /** None fails to fit. */
  every?: ErrorLogWhere | null | undefined;
  /** None fits. */
  none?: ErrorLogWhere | null | undefined;
  /** At least one fits. */
  some?: ErrorLogWhere | null | undefined;
};

/** A condition on error logs; all that is named must hold, and nothing that is named can be null. */
export type ErrorLogWhere = {
  /** All of these hold. */
  and?: Array<ErrorLogWhere> | null | undefined;
  /** When the error occurred. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What kind of error, at most 100 characters. */
  errorCategory?: StringFilter | null | undefined;
  /** Stack trace and context. */
  errorDetails?: JsonFilter | null | undefined;
  /** What it says. */
  errorMessage?: StringFilter | null | undefined;
  /** The area it belongs to. */
  errorType?: ErrorTypeFilter | null | undefined;
  /** What is counted together, where the server recorded it by itself. */
  fault?: StringFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** The client's address. */
  ipAddress?: InetFilter | null | undefined;
  /** When it occurred last. */
  lastSeenAt?: DateTimeFilter | null | undefined;
  /** This does not hold. */
  not?: ErrorLogWhere | null | undefined;
  /** How often it occurred within its minute. */
  occurrences?: IntFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<ErrorLogWhere> | null | undefined;
  /** The HTTP method. */
  requestMethod?: StringFilter | null | undefined;
  /** The path that was requested, at most 500 characters. */
  requestPath?: StringFilter | null | undefined;
  /** What was done about it. */
  resolutionNotes?: StringFilter | null | undefined;
  /** Whether it is dealt with. */
  resolved?: BooleanFilter | null | undefined;
  /** When they said so. */
  resolvedAt?: DateTimeFilter | null | undefined;
  /** The admin who said so. */
  resolvedBy?: UuidFilter | null | undefined;
  /** The admin who resolved it. */
  resolver?: UserWhere | null | undefined;
  /** The session, at most 100 characters. */
  sessionId?: StringFilter | null | undefined;
  /** How bad it is. */
  severity?: ErrorSeverityFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who met it. */
  user?: UserWhere | null | undefined;
  /** The client's name for itself. */
  userAgent?: StringFilter | null | undefined;
  /** The person who met it, if they were signed in. */
  userId?: UuidFilter | null | undefined;
};

/** How bad an error is. */
export type ErrorSeverity =
  /** Needs somebody now. */
  | 'CRITICAL'
  /** Something did not work. */
  | 'ERROR'
  /** Good to know. */
  | 'INFO'
  /** May become a problem. */
  | 'WARNING';

/** A condition on a ErrorSeverity value; all that is named must hold. */
export type ErrorSeverityFilter = {
  /** Equal to. */
  eq?: ErrorSeverity | null | undefined;
  /** Equal to one of these. */
  in?: Array<ErrorSeverity> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ErrorSeverity | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ErrorSeverity> | null | undefined;
};

/** The area that an error belongs to. */
export type ErrorType =
  /** Administration. */
  | 'ADMIN'
  /** Requests to the API. */
  | 'API'
  /** The application as such. */
  | 'APP'
  /** Signing in. */
  | 'AUTH'
  /** Something that was not allowed. */
  | 'PERMISSION'
  /** The machinery below. */
  | 'SYSTEM'
  /** Something that the user did. */
  | 'USER';

/** A condition on a ErrorType value; all that is named must hold. */
export type ErrorTypeFilter = {
  /** Equal to. */
  eq?: ErrorType | null | undefined;
  /** Equal to one of these. */
  in?: Array<ErrorType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ErrorType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ErrorType> | null | undefined;
};

/** What a second factor is. */
export type FactorType =
  /** An authenticator app: verifyTotp takes its codes. */
  | 'TOTP'
  /** A key of a device: challengeFactor asks for it, verifyWebauthn takes what it signs. */
  | 'WEBAUTHN';

/** A new feedback category. */
export type FeedbackCategoryInput = {
  /** Its parts. */
  children?: FeedbackCategoryListNested | null | undefined;
  /** What goes into it. */
  description?: string | null | undefined;
  /** What was filed here. */
  feedback?: FeedbackListNested | null | undefined;
  /** The category's key. */
  id?: string | null | undefined;
  /** Whether it is offered. */
  isActive?: boolean | null | undefined;
  /** Its name, at most 100 characters. */
  name: string;
  /** The category it is part of. */
  parent?: FeedbackCategoryNested | null | undefined;
  /** The category it is part of. */
  parentId?: string | null | undefined;
  /** Its place in lists. */
  sortOrder?: number | null | undefined;
};

/** Feedback categories to be made with the row that they refer to. */
export type FeedbackCategoryListNested = {
  /** The rows to make. */
  create: Array<FeedbackCategoryInput>;
};

/** A condition on related feedback categories. */
export type FeedbackCategoryListWhere = {
  /** None fails to fit. */
  every?: FeedbackCategoryWhere | null | undefined;
  /** None fits. */
  none?: FeedbackCategoryWhere | null | undefined;
  /** At least one fits. */
  some?: FeedbackCategoryWhere | null | undefined;
};

/** A feedback category to be made with the row that refers to it. */
export type FeedbackCategoryNested = {
  /** The row to make. */
  create: FeedbackCategoryInput;
};

/** A condition on feedback categories; all that is named must hold, and nothing that is named can be null. */
export type FeedbackCategoryWhere = {
  /** All of these hold. */
  and?: Array<FeedbackCategoryWhere> | null | undefined;
  /** Its parts. */
  children?: FeedbackCategoryListWhere | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What goes into it. */
  description?: StringFilter | null | undefined;
  /** What was filed here. */
  feedback?: FeedbackListWhere | null | undefined;
  /** The category's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it is offered. */
  isActive?: BooleanFilter | null | undefined;
  /** Its name, at most 100 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: FeedbackCategoryWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<FeedbackCategoryWhere> | null | undefined;
  /** The category it is part of. */
  parent?: FeedbackCategoryWhere | null | undefined;
  /** The category it is part of. */
  parentId?: UuidFilter | null | undefined;
  /** Its place in lists. */
  sortOrder?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** Amounts to add; negative ones take away. */
export type FeedbackIncrement = {
  /** 1 to 5, the more the better. */
  rating?: number | null | undefined;
};

/** A new feedback. */
export type FeedbackInput = {
  /** What is known of the browser. */
  browserInfo?: unknown;
  /** Where it belongs. */
  category?: FeedbackCategoryNested | null | undefined;
  /** Where it belongs. */
  categoryId?: string | null | undefined;
  /** Where to answer, at most 255 characters. */
  contactEmail?: string | null | undefined;
  /** Whom to answer, at most 100 characters. */
  contactName?: string | null | undefined;
  /** What is known of the device. */
  deviceInfo?: unknown;
  /** What kind of feedback. */
  feedbackType?: FeedbackType | null | undefined;
  /** The feedback's key. */
  id?: string | null | undefined;
  /** What they said, 1 to 10,000 characters. */
  message: string;
  /** How urgent it is; set by admins. */
  priority?: FeedbackPriority | null | undefined;
  /** 1 to 5, the more the better. */
  rating?: number | null | undefined;
  /** How far it is dealt with; set by admins. */
  status?: FeedbackStatus | null | undefined;
  /** The links to its tags. */
  tagLinks?: FeedbackTagLinkListNested | null | undefined;
  /** The client's name for itself. */
  userAgent?: string | null | undefined;
  /** The person; none once their account is gone. */
  userId?: string | null | undefined;
};

/** Feedbacks to be made with the row that they refer to. */
export type FeedbackListNested = {
  /** The rows to make. */
  create: Array<FeedbackInput>;
};

/** A condition on related feedbacks. */
export type FeedbackListWhere = {
  /** None fails to fit. */
  every?: FeedbackWhere | null | undefined;
  /** None fits. */
  none?: FeedbackWhere | null | undefined;
  /** At least one fits. */
  some?: FeedbackWhere | null | undefined;
};

/** A feedback to be made with the row that refers to it. */
export type FeedbackNested = {
  /** The row to make. */
  create: FeedbackInput;
};

/** How urgent feedback is. */
export type FeedbackPriority =
  /** Soon. */
  | 'HIGH'
  /** Some day. */
  | 'LOW'
  /** As usual. */
  | 'MEDIUM'
  /** Now. */
  | 'URGENT';

/** A condition on a FeedbackPriority value; all that is named must hold. */
export type FeedbackPriorityFilter = {
  /** Equal to. */
  eq?: FeedbackPriority | null | undefined;
  /** Equal to one of these. */
  in?: Array<FeedbackPriority> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: FeedbackPriority | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<FeedbackPriority> | null | undefined;
};

/** A change of feedbacks. What is not named stays; null takes a value away. */
export type FeedbackSet = {
  /** The answer of an admin. */
  adminResponse?: string | null | undefined;
  /** Where it belongs. */
  categoryId?: string | null | undefined;
  /** Where to answer, at most 255 characters. */
  contactEmail?: string | null | undefined;
  /** Whom to answer, at most 100 characters. */
  contactName?: string | null | undefined;
  /** What kind of feedback. */
  feedbackType?: FeedbackType | null | undefined;
  /** Amounts to add to numbers, without reading them first. */
  increment?: FeedbackIncrement | null | undefined;
  /** What they said, 1 to 10,000 characters. */
  message?: string | null | undefined;
  /** How urgent it is; set by admins. */
  priority?: FeedbackPriority | null | undefined;
  /** 1 to 5, the more the better. */
  rating?: number | null | undefined;
  /** How far it is dealt with; set by admins. */
  status?: FeedbackStatus | null | undefined;
};

/** How far feedback is dealt with. */
export type FeedbackStatus =
  /** Closed without more to do. */
  | 'CLOSED'
  /** Somebody works on it. */
  | 'IN_PROGRESS'
  /** Nobody has taken it up. */
  | 'OPEN'
  /** Done. */
  | 'RESOLVED';

/** A condition on a FeedbackStatus value; all that is named must hold. */
export type FeedbackStatusFilter = {
  /** Equal to. */
  eq?: FeedbackStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<FeedbackStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: FeedbackStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<FeedbackStatus> | null | undefined;
};

/** A new feedback tag. */
export type FeedbackTagInput = {
  /** Its colour, as `#RRGGBB`. */
  color?: string | null | undefined;
  /** What it means. */
  description?: string | null | undefined;
  /** The links to what is tagged with it. */
  feedbackLinks?: FeedbackTagLinkListNested | null | undefined;
  /** The tag's key. */
  id?: string | null | undefined;
  /** Whether it is offered. */
  isActive?: boolean | null | undefined;
  /** Its name, at most 50 characters. */
  name: string;
};

/** A new feedback tag link. */
export type FeedbackTagLinkInput = {
  /** The feedback. */
  feedback?: FeedbackNested | null | undefined;
  /** The feedback. */
  feedbackId?: string | null | undefined;
  /** The tag. */
  tag?: FeedbackTagNested | null | undefined;
  /** The tag. */
  tagId?: string | null | undefined;
};

/** Feedback tag links to be made with the row that they refer to. */
export type FeedbackTagLinkListNested = {
  /** The rows to make. */
  create: Array<FeedbackTagLinkInput>;
};

/** A condition on related feedback tag links. */
export type FeedbackTagLinkListWhere = {
  /** None fails to fit. */
  every?: FeedbackTagLinkWhere | null | undefined;
  /** None fits. */
  none?: FeedbackTagLinkWhere | null | undefined;
  /** At least one fits. */
  some?: FeedbackTagLinkWhere | null | undefined;
};

/** A condition on feedback tag links; all that is named must hold, and nothing that is named can be null. */
export type FeedbackTagLinkWhere = {
  /** All of these hold. */
  and?: Array<FeedbackTagLinkWhere> | null | undefined;
  /** When it was tagged. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The feedback. */
  feedback?: FeedbackWhere | null | undefined;
  /** The feedback. */
  feedbackId?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: FeedbackTagLinkWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<FeedbackTagLinkWhere> | null | undefined;
  /** The tag. */
  tag?: FeedbackTagWhere | null | undefined;
  /** The tag. */
  tagId?: UuidFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** A feedback tag to be made with the row that refers to it. */
export type FeedbackTagNested = {
  /** The row to make. */
  create: FeedbackTagInput;
};

/** A condition on feedback tags; all that is named must hold, and nothing that is named can be null. */
export type FeedbackTagWhere = {
  /** All of these hold. */
  and?: Array<FeedbackTagWhere> | null | undefined;
  /** Its colour, as `#RRGGBB`. */
  color?: StringFilter | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What it means. */
  description?: StringFilter | null | undefined;
  /** The links to what is tagged with it. */
  feedbackLinks?: FeedbackTagLinkListWhere | null | undefined;
  /** The tag's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it is offered. */
  isActive?: BooleanFilter | null | undefined;
  /** Its name, at most 50 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: FeedbackTagWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<FeedbackTagWhere> | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** What kind of feedback. */
export type FeedbackType =
  /** Something is broken. */
  | 'BUG'
  /** Something is wanted. */
  | 'FEATURE'
  /** Anything else. */
  | 'GENERAL'
  /** Help is needed. */
  | 'SUPPORT';

/** A condition on a FeedbackType value; all that is named must hold. */
export type FeedbackTypeFilter = {
  /** Equal to. */
  eq?: FeedbackType | null | undefined;
  /** Equal to one of these. */
  in?: Array<FeedbackType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: FeedbackType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<FeedbackType> | null | undefined;
};

/** A condition on feedbacks; all that is named must hold, and nothing that is named can be null. */
export type FeedbackWhere = {
  /** The admin who answered. */
  admin?: UserWhere | null | undefined;
  /** The answer of an admin. */
  adminResponse?: StringFilter | null | undefined;
  /** The admin who answered. */
  adminUserId?: UuidFilter | null | undefined;
  /** All of these hold. */
  and?: Array<FeedbackWhere> | null | undefined;
  /** What is known of the browser. */
  browserInfo?: JsonFilter | null | undefined;
  /** Where it belongs. */
  category?: FeedbackCategoryWhere | null | undefined;
  /** Where it belongs. */
  categoryId?: UuidFilter | null | undefined;
  /** Where to answer, at most 255 characters. */
  contactEmail?: StringFilter | null | undefined;
  /** Whom to answer, at most 100 characters. */
  contactName?: StringFilter | null | undefined;
  /** When it was sent. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What is known of the device. */
  deviceInfo?: JsonFilter | null | undefined;
  /** What kind of feedback. */
  feedbackType?: FeedbackTypeFilter | null | undefined;
  /** The feedback's key. */
  id?: UuidFilter | null | undefined;
  /** What they said, 1 to 10,000 characters. */
  message?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: FeedbackWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<FeedbackWhere> | null | undefined;
  /** How urgent it is; set by admins. */
  priority?: FeedbackPriorityFilter | null | undefined;
  /** 1 to 5, the more the better. */
  rating?: IntFilter | null | undefined;
  /** When they answered. */
  respondedAt?: DateTimeFilter | null | undefined;
  /** How far it is dealt with; set by admins. */
  status?: FeedbackStatusFilter | null | undefined;
  /** The links to its tags. */
  tagLinks?: FeedbackTagLinkListWhere | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who sent it. */
  user?: UserWhere | null | undefined;
  /** The client's name for itself. */
  userAgent?: StringFilter | null | undefined;
  /** The person; none once their account is gone. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on a Float value; all that is named must hold. */
export type FloatFilter = {
  /** Equal to. */
  eq?: number | null | undefined;
  /** Greater than. */
  gt?: number | null | undefined;
  /** Greater than or equal to. */
  gte?: number | null | undefined;
  /** Equal to one of these. */
  in?: Array<number> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: number | null | undefined;
  /** Less than or equal to. */
  lte?: number | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: number | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<number> | null | undefined;
};

/** How far the server has come with a text. */
export type GenerationState =
  /** It is whole. */
  | 'COMPLETE'
  /** It could not be written; `generationMetadata` says why in `error`. */
  | 'FAILED'
  /** Somebody stopped it; what was there then stays. */
  | 'STOPPED'
  /** Its job has not begun. */
  | 'WAITING'
  /** It is being written; what is there is a part of it. */
  | 'WRITING';

/** A condition on a GenerationState value; all that is named must hold. */
export type GenerationStateFilter = {
  /** Equal to. */
  eq?: GenerationState | null | undefined;
  /** Equal to one of these. */
  in?: Array<GenerationState> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: GenerationState | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<GenerationState> | null | undefined;
};

/** A condition on related github repositories. */
export type GithubRepositoryListWhere = {
  /** None fails to fit. */
  every?: GithubRepositoryWhere | null | undefined;
  /** None fits. */
  none?: GithubRepositoryWhere | null | undefined;
  /** At least one fits. */
  some?: GithubRepositoryWhere | null | undefined;
};

/** A condition on github repositories; all that is named must hold, and nothing that is named can be null. */
export type GithubRepositoryWhere = {
  /** All of these hold. */
  and?: Array<GithubRepositoryWhere> | null | undefined;
  /** When it was connected. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The branch that agents start from. */
  defaultBranch?: StringFilter | null | undefined;
  /** Its key here. */
  id?: UuidFilter | null | undefined;
  /** Whether agents may use it. */
  isActive?: BooleanFilter | null | undefined;
  /** When an agent last used it. */
  lastAccessed?: DateTimeFilter | null | undefined;
  /** This does not hold. */
  not?: GithubRepositoryWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<GithubRepositoryWhere> | null | undefined;
  /** Its name, at most 100 characters. */
  repoName?: StringFilter | null | undefined;
  /** The account or organisation that owns it, at most 100 characters. */
  repoOwner?: StringFilter | null | undefined;
  /** Its address, `http` or `https`. */
  repoUrl?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who connected it. */
  user?: UserWhere | null | undefined;
  /** The person who connected it. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on a Inet value; all that is named must hold. */
export type InetFilter = {
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
};

/** A condition on related insights. */
export type InsightListWhere = {
  /** None fails to fit. */
  every?: InsightWhere | null | undefined;
  /** None fits. */
  none?: InsightWhere | null | undefined;
  /** At least one fits. */
  some?: InsightWhere | null | undefined;
};

/** A condition on insights; all that is named must hold, and nothing that is named can be null. */
export type InsightWhere = {
  /** All of these hold. */
  and?: Array<InsightWhere> | null | undefined;
  /** The insight, 1 to 50,000 characters. */
  content?: StringFilter | null | undefined;
  /** When the insight was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** When the server wrote it, or wrote it anew; none for one that people write themselves. There is one for each week. */
  generatedAt?: DateTimeFilter | null | undefined;
  /** How the server wrote it: `method` (model or extractive), `numbers` and `weekBefore`, `themes`, `tags`, what it cost. */
  generationMetadata?: JsonFilter | null | undefined;
  /** The insight's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: InsightWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<InsightWhere> | null | undefined;
  /** What it says in short, 1 to 200 characters. */
  title?: StringFilter | null | undefined;
  /** When the insight was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
  /** The end of that week, after its start. */
  weekEnd?: DateTimeFilter | null | undefined;
  /** The start of the week that it looks back on. */
  weekStart?: DateTimeFilter | null | undefined;
};

/** A condition on a Int value; all that is named must hold. */
export type IntFilter = {
  /** Equal to. */
  eq?: number | null | undefined;
  /** Greater than. */
  gt?: number | null | undefined;
  /** Greater than or equal to. */
  gte?: number | null | undefined;
  /** Equal to one of these. */
  in?: Array<number> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: number | null | undefined;
  /** Less than or equal to. */
  lte?: number | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: number | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<number> | null | undefined;
};

/** What became of an invitation. */
export type InvitationState =
  /** The person is a collaborator. */
  | 'ACCEPTED'
  /** It was taken back. */
  | 'CANCELLED'
  /** The person does not want to. */
  | 'DECLINED'
  /** It waits for an answer, unless its time is over. */
  | 'PENDING';

/** A condition on a InvitationState value; all that is named must hold. */
export type InvitationStateFilter = {
  /** Equal to. */
  eq?: InvitationState | null | undefined;
  /** Equal to one of these. */
  in?: Array<InvitationState> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: InvitationState | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<InvitationState> | null | undefined;
};

/** A condition on a JSON value; all that is named must hold. */
export type JsonFilter = {
  /** Contains this value, as jsonb's `@>` does. */
  contains?: unknown;
  /** Equal to. */
  eq?: unknown;
  /** Is an object with this key, or a list with this text. */
  hasKey?: string | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: unknown;
  /** A condition on a value inside. */
  path?: JsonPathFilter | null | undefined;
};

/** A condition on a value inside a JSON value. */
export type JsonPathFilter = {
  /** Equal to. */
  eq?: unknown;
  /** Greater than. */
  gt?: unknown;
  /** Greater than or equal to. */
  gte?: unknown;
  /** Whether the value is missing or null. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: unknown;
  /** Less than or equal to. */
  lte?: unknown;
  /** Different from; a missing value is different from any. */
  ne?: unknown;
  /** The way to the value: keys of objects and indexes of arrays. */
  path: Array<string>;
};

/** A condition on related jobs. */
export type JobListWhere = {
  /** None fails to fit. */
  every?: JobWhere | null | undefined;
  /** None fits. */
  none?: JobWhere | null | undefined;
  /** At least one fits. */
  some?: JobWhere | null | undefined;
};

/** How far a job has come. */
export type JobStatus =
  /** Ended because somebody wished so, or because another job took its place. */
  | 'CANCELLED'
  /** Done. */
  | 'COMPLETED'
  /** Given up: after the last attempt, or because no server knows what to do with it. */
  | 'DEAD'
  /** Ended by an error that trying again cannot mend. */
  | 'FAILED'
  /** Waiting for its time or for a worker. */
  | 'PENDING'
  /** Being worked on. */
  | 'PROCESSING';

/** A condition on a JobStatus value; all that is named must hold. */
export type JobStatusFilter = {
  /** Equal to. */
  eq?: JobStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<JobStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: JobStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<JobStatus> | null | undefined;
};

/** A condition on jobs; all that is named must hold, and nothing that is named can be null. */
export type JobWhere = {
  /** All of these hold. */
  and?: Array<JobWhere> | null | undefined;
  /** How often it was tried. */
  attempts?: IntFilter | null | undefined;
  /** When somebody asked for its end while it ran. */
  cancelRequestedAt?: DateTimeFilter | null | undefined;
  /** When it ended, well or not. */
  completedAt?: DateTimeFilter | null | undefined;
  /** When the job was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Why the last attempt failed, at most 10,000 characters. */
  error?: StringFilter | null | undefined;
  /** What went wrong in each attempt: a list of objects with `attempt`, `at` and `error`, the newest last. */
  errors?: JsonFilter | null | undefined;
  /** The job's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** What it does: the name of a type in the server's registry. */
  jobType?: StringFilter | null | undefined;
  /** Until when the worker has it at least. It has it for as long as it lives; another may take it then. */
  leaseExpiresAt?: DateTimeFilter | null | undefined;
  /** How often it is tried at most, 1 to 100. */
  maxAttempts?: IntFilter | null | undefined;
  /** This does not hold. */
  not?: JobWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<JobWhere> | null | undefined;
  /** What it works on. */
  payload?: JsonFilter | null | undefined;
  /** What goes first: 0 before all others, 1,000 after them. */
  priority?: IntFilter | null | undefined;
  /** How much is done, in per cent. */
  progress?: IntFilter | null | undefined;
  /** The provider whose service it needs; all its jobs wait when that asks for a pause. */
  provider?: StringFilter | null | undefined;
  /** Where it belongs: jobs of one queue are of one kind. */
  queue?: StringFilter | null | undefined;
  /** What came out. */
  result?: JsonFilter | null | undefined;
  /** When it is due. */
  scheduledFor?: DateTimeFilter | null | undefined;
  /** When the last attempt began. */
  startedAt?: DateTimeFilter | null | undefined;
  /** How far it has come. */
  status?: JobStatusFilter | null | undefined;
  /** When the job was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Whom it is done for. */
  user?: UserWhere | null | undefined;
  /** Whom it is done for; none for the server's own. */
  userId?: UuidFilter | null | undefined;
};

/** Changes of what of a request is written into logs. */
export type LogPrivacyInput = {
  /** Whether addresses are shortened to their network. */
  anonymizeIp?: boolean | null | undefined;
  /** Whether what people and models wrote is kept in metadata. */
  messageContent?: boolean | null | undefined;
  /** Whether e-mail addresses become [email]. */
  redactEmails?: boolean | null | undefined;
  /** Whether the path of the request is written. */
  requestPath?: boolean | null | undefined;
  /** Whether the client's name for itself is written. */
  userAgent?: boolean | null | undefined;
};

/** Changes of how long logs are kept, 1 to 3,650 days. */
export type LogRetentionDaysInput = {
  /** What agents did. */
  agentActivity?: number | null | undefined;
  /** Errors. */
  errors?: number | null | undefined;
  /** Measurements. */
  measurements?: number | null | undefined;
  /** What people did. */
  userActivity?: number | null | undefined;
};

/** Changes of what is logged: what is not given stays. */
export type LoggingSettingsInput = {
  /** Whether what agents do is written down. */
  agentActivity?: boolean | null | undefined;
  /** The categories of activities that are written down: all others are not. */
  categories?: Array<string> | null | undefined;
  /** Whether faults and errors are written down. */
  errors?: boolean | null | undefined;
  /** What of a request is left out. */
  privacy?: LogPrivacyInput | null | undefined;
  /** For how many days each kind is kept. */
  retentionDays?: LogRetentionDaysInput | null | undefined;
  /** Which part of the activities is written down, from 0 to 1. */
  sampleRate?: number | null | undefined;
  /** Whether what people do is written down. */
  userActivity?: boolean | null | undefined;
};

/** A condition on related messages. */
export type MessageListWhere = {
  /** None fails to fit. */
  every?: MessageWhere | null | undefined;
  /** None fits. */
  none?: MessageWhere | null | undefined;
  /** At least one fits. */
  some?: MessageWhere | null | undefined;
};

/** Who speaks in a message. */
export type MessageRole =
  /** An agent. */
  | 'ASSISTANT'
  /** The application. */
  | 'SYSTEM'
  /** The person. */
  | 'USER';

/** A condition on a MessageRole value; all that is named must hold. */
export type MessageRoleFilter = {
  /** Equal to. */
  eq?: MessageRole | null | undefined;
  /** Equal to one of these. */
  in?: Array<MessageRole> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: MessageRole | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<MessageRole> | null | undefined;
};

/** A condition on messages; all that is named must hold, and nothing that is named can be null. */
export type MessageWhere = {
  /** All of these hold. */
  and?: Array<MessageWhere> | null | undefined;
  /** Files that came with it: an array of objects with `name`, `contentType` and `objectId`, the key of a stored file whose address is in `attachmentUrls`, or `url`. */
  attachments?: JsonFilter | null | undefined;
  /** The chat it belongs to. */
  chat?: ChatWhere | null | undefined;
  /** The chat it belongs to. */
  chatId?: UuidFilter | null | undefined;
  /** The messages that follow it, one a branch. */
  children?: MessageListWhere | null | undefined;
  /** What it cost, in US dollars. */
  cost?: DecimalFilter | null | undefined;
  /** When it was sent. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The message's key. */
  id?: UuidFilter | null | undefined;
  /** Tokens the model read for it. */
  inputTokens?: IntFilter | null | undefined;
  /** Whether it is in the branch that is shown, and that models read. */
  isCurrent?: BooleanFilter | null | undefined;
  /** Calls of models that made it. */
  modelCalls?: ModelCallListWhere | null | undefined;
  /** The model that wrote it, at most 100 characters. */
  modelUsed?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: MessageWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<MessageWhere> | null | undefined;
  /** Tokens the model wrote. */
  outputTokens?: IntFilter | null | undefined;
  /** The message that it follows. */
  parent?: MessageWhere | null | undefined;
  /** The message that it follows. Messages that follow the same one are branches of the chat. */
  parentId?: UuidFilter | null | undefined;
  /** The content: an array of parts, such as text, reasoning and tool calls; see docs/chat.md. Of an answer that is being written it is what was written before: follow its stream with the subscription `chatStream`. */
  parts?: JsonFilter | null | undefined;
  /** Who speaks. */
  role?: MessageRoleFilter | null | undefined;
  /** The streams that wrote it. */
  streams?: ChatStreamListWhere | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The verdict on it, if there is one. */
  vote?: VoteWhere | null | undefined;
};

/** A condition on related model calls. */
export type ModelCallListWhere = {
  /** None fails to fit. */
  every?: ModelCallWhere | null | undefined;
  /** None fits. */
  none?: ModelCallWhere | null | undefined;
  /** At least one fits. */
  some?: ModelCallWhere | null | undefined;
};

/** How a call of a model ended. */
export type ModelCallOutcome =
  /** The answer is whole. */
  | 'COMPLETED'
  /** The provider refused or broke off, or its answer was of no use. */
  | 'FAILED'
  /** The server that made it is gone, or had to leave it. */
  | 'INTERRUPTED'
  /** It goes on. */
  | 'RUNNING'
  /** Somebody wished so. */
  | 'STOPPED';

/** A condition on a ModelCallOutcome value; all that is named must hold. */
export type ModelCallOutcomeFilter = {
  /** Equal to. */
  eq?: ModelCallOutcome | null | undefined;
  /** Equal to one of these. */
  in?: Array<ModelCallOutcome> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ModelCallOutcome | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ModelCallOutcome> | null | undefined;
};

/** What a model was asked for. */
export type ModelCallPurpose =
  /** An answer in a chat. */
  | 'CHAT'
  /** A document. */
  | 'DOCUMENT'
  /** What texts and searches mean. */
  | 'EMBEDDING'
  /** The insights of a week. */
  | 'INSIGHT'
  /** A prompt made of a project. */
  | 'PROJECT'
  /** A prompt. */
  | 'PROMPT'
  /** A title. */
  | 'TITLE'
  /** What was said in a recording. */
  | 'TRANSCRIPT';

/** A condition on a ModelCallPurpose value; all that is named must hold. */
export type ModelCallPurposeFilter = {
  /** Equal to. */
  eq?: ModelCallPurpose | null | undefined;
  /** Equal to one of these. */
  in?: Array<ModelCallPurpose> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ModelCallPurpose | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ModelCallPurpose> | null | undefined;
};

/** A condition on model calls; all that is named must hold, and nothing that is named can be null. */
export type ModelCallWhere = {
  /** The agent that made the call. */
  agentType?: AgentTypeFilter | null | undefined;
  /** All of these hold. */
  and?: Array<ModelCallWhere> | null | undefined;
  /** The person's key. */
  apiConfiguration?: ApiConfigurationWhere | null | undefined;
  /** The person's key, as long as it is kept. */
  apiConfigurationId?: UuidFilter | null | undefined;
  /** US dollars per minute of sound, when the call was made; where there is none, tokens have the price. */
  audioMinutePrice?: DecimalFilter | null | undefined;
  /** Seconds of sound that were heard, for calls that write down recordings. */
  audioSeconds?: DecimalFilter | null | undefined;
  /** The same for what the provider had in its cache. */
  cachedInputPrice?: DecimalFilter | null | undefined;
  /** Those of the tokens read that the provider had in its cache. */
  cachedTokens?: BigIntFilter | null | undefined;
  /** The chat it belongs to. */
  chat?: ChatWhere | null | undefined;
  /** The chat it belongs to. */
  chatId?: UuidFilter | null | undefined;
  /** Both costs, in US dollars; null where the price is unknown, and while the call runs. */
  cost?: DecimalFilter | null | undefined;
  /** When the entry was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How long it took, in milliseconds. */
  durationMs?: BigIntFilter | null | undefined;
  /** When it ended. */
  endedAt?: DateTimeFilter | null | undefined;
  /** Why it failed or was broken off, such as `key_refused`. */
  errorType?: StringFilter | null | undefined;
  /** The call's key; `usageLogs`, `apiUsageLogs` and `agentActivityLogs` have the same for it. */
  id?: UuidFilter | null | undefined;
  /** Cost of what was read or heard, in US dollars. */
  inputCost?: DecimalFilter | null | undefined;
  /** US dollars per million tokens read, when the call was made. */
  inputPrice?: DecimalFilter | null | undefined;
  /** Tokens read, those of the provider's cache included. */
  inputTokens?: BigIntFilter | null | undefined;
  /** Whether tokens or seconds were counted by this server, because the provider did not say. */
  isEstimated?: BooleanFilter | null | undefined;
  /** Whose key was used. */
  keyOwner?: ModelKeyOwnerFilter | null | undefined;
  /** The message that the answer became. */
  message?: MessageWhere | null | undefined;
  /** The message that the answer became. */
  messageId?: UuidFilter | null | undefined;
  /** The model, as `modelConfigs` has it. */
  model?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ModelCallWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ModelCallWhere> | null | undefined;
  /** How it ended. */
  outcome?: ModelCallOutcomeFilter | null | undefined;
  /** Cost of what was written, in US dollars. */
  outputCost?: DecimalFilter | null | undefined;
  /** US dollars per million tokens written, when the call was made. */
  outputPrice?: DecimalFilter | null | undefined;
  /** Tokens written, those of reasoning included. */
  outputTokens?: BigIntFilter | null | undefined;
  /** Who answered: `openai`, `anthropic`, `google`, `compatible`, or `local` where it was no model. */
  provider?: StringFilter | null | undefined;
  /** What for. */
  purpose?: ModelCallPurposeFilter | null | undefined;
  /** Those of the tokens written that were reasoning. */
  reasoningTokens?: BigIntFilter | null | undefined;
  /** Bytes received. */
  responseBytes?: BigIntFilter | null | undefined;
  /** When the server that makes it last said that it goes on. */
  seenAt?: DateTimeFilter | null | undefined;
  /** When it began. */
  startedAt?: DateTimeFilter | null | undefined;
  /** The HTTP status of the provider's answer. */
  statusCode?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who caused it. */
  user?: UserWhere | null | undefined;
  /** The person who caused it. */
  userId?: UuidFilter | null | undefined;
};

/** Whose key was used. */
export type ModelKeyOwner =
  /** None was needed. */
  | 'NONE'
  /** The person's own. */
  | 'PERSON'
  /** The server's. */
  | 'SERVER';

/** A condition on a ModelKeyOwner value; all that is named must hold. */
export type ModelKeyOwnerFilter = {
  /** Equal to. */
  eq?: ModelKeyOwner | null | undefined;
  /** Equal to one of these. */
  in?: Array<ModelKeyOwner> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ModelKeyOwner | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ModelKeyOwner> | null | undefined;
};

/** Who offers a model. */
export type ModelProvider =
  /** Anthropic. */
  | 'ANTHROPIC'
  /** Any server that speaks OpenAI's protocol. */
  | 'COMPATIBLE'
  /** Google. */
  | 'GOOGLE'
  /** OpenAI. */
  | 'OPENAI';

/** A condition on a ModelProvider value; all that is named must hold. */
export type ModelProviderFilter = {
  /** Equal to. */
  eq?: ModelProvider | null | undefined;
  /** Equal to one of these. */
  in?: Array<ModelProvider> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ModelProvider | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ModelProvider> | null | undefined;
};

/** A condition on related notes. */
export type NoteListWhere = {
  /** None fails to fit. */
  every?: NoteWhere | null | undefined;
  /** None fits. */
  none?: NoteWhere | null | undefined;
  /** At least one fits. */
  some?: NoteWhere | null | undefined;
};

/** A condition on related note suggestions. */
export type NoteSuggestionListWhere = {
  /** None fails to fit. */
  every?: NoteSuggestionWhere | null | undefined;
  /** None fits. */
  none?: NoteSuggestionWhere | null | undefined;
  /** At least one fits. */
  some?: NoteSuggestionWhere | null | undefined;
};

/** A condition on note suggestions; all that is named must hold, and nothing that is named can be null. */
export type NoteSuggestionWhere = {
  /** All of these hold. */
  and?: Array<NoteSuggestionWhere> | null | undefined;
  /** The cluster. */
  cluster?: ClusterWhere | null | undefined;
  /** The cluster: a suggested one that would hold the note, or an accepted one that the note is like. */
  clusterId?: UuidFilter | null | undefined;
  /** When it was proposed. */
  createdAt?: DateTimeFilter | null | undefined;
  /** This does not hold. */
  not?: NoteSuggestionWhere | null | undefined;
  /** The note. */
  note?: NoteWhere | null | undefined;
  /** The note, one of the cluster's owner. */
  noteId?: UuidFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<NoteSuggestionWhere> | null | undefined;
  /** When its owner refused it; it is not proposed for this cluster again. */
  refusedAt?: DateTimeFilter | null | undefined;
  /** How like the cluster's notes it is: the mean of its cosine similarities with them, 0 to 1 in hundredths. */
  similarity?: DecimalFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The owner of both. */
  user?: UserWhere | null | undefined;
  /** The owner of both. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on notes; all that is named must hold, and nothing that is named can be null. */
export type NoteWhere = {
  /** All of these hold. */
  and?: Array<NoteWhere> | null | undefined;
  /** The characters of the text. Counted by the server. */
  characterCount?: IntFilter | null | undefined;
  /** The cluster that it is in. */
  cluster?: ClusterWhere | null | undefined;
  /** The cluster that it is in, one of the owner's. */
  clusterId?: UuidFilter | null | undefined;
  /** The text, 1 to 50,000 characters. */
  content?: StringFilter | null | undefined;
  /** When the note was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** When it was deleted. It can be restored for 30 days, then it is removed. */
  deletedAt?: DateTimeFilter | null | undefined;
  /** The documents that were made of it. */
  documentSources?: DocumentSourceListWhere | null | undefined;
  /** The meaning of the text as a vector of 1,536 numbers. The server fills it where nobody else does, and overwrites only its own. Orders and conditions by distance take stale vectors and those of all models: add `embeddingIsStale: {eq: false}, embeddingModel: {eq: …}`. */
  embedding?: VectorFilter | null | undefined;
  /** The SHA-256, in lower-case hexadecimal, of the text that the embedding was made from. Whoever writes an embedding says so here. Without it, an embedding that comes in one write with the text is of that text; of any other nobody knows, so that it is stale. */
  embeddingHash?: StringFilter | null | undefined;
  /** Whether there is no embedding of the present `content`: none at all, where a model is in use, or one of another text, or of nobody knows which. It waits to be made, and searches by meaning leave the note out. Kept by the server. */
  embeddingIsStale?: BooleanFilter | null | undefined;
  /** The model that made the embedding, 1 to 100 characters, as `local` or `openai:text-embedding-3-small`. Whoever writes an embedding names it here, by another name than that of the server's model; vectors of different models cannot be compared. None where nobody did. */
  embeddingModel?: StringFilter | null | undefined;
  /** When the embedding was set. */
  embeddingUpdatedAt?: DateTimeFilter | null | undefined;
  /** The note's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** What else is known of it, each optional: `source` (1 to 100 characters), `importance` (low, medium, high), `sentiment` (positive, neutral, negative), `categories` (at most 10 of 1 to 50 characters), `linkedNoteIds` (at most 50), `custom` (an object). The server adds `wordCount`, `characterCount` and `tags`. */
  metadata?: JsonFilter | null | undefined;
  /** This does not hold. */
  not?: NoteWhere | null | undefined;
  /** The clusters for which it is proposed, and those that refused it. */
  noteSuggestions?: NoteSuggestionListWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<NoteWhere> | null | undefined;
  /** Its places in stacks. */
  stackNotes?: StackNoteListWhere | null | undefined;
  /** Its tags, at most 20 of 1 to 50 characters. */
  tags?: StringListFilter | null | undefined;
  /** When the note was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
  /** The words of the text. Counted by the server. */
  wordCount?: IntFilter | null | undefined;
};

/** A condition on related objects. */
export type ObjectListWhere = {
  /** None fails to fit. */
  every?: ObjectWhere | null | undefined;
  /** None fits. */
  none?: ObjectWhere | null | undefined;
  /** At least one fits. */
  some?: ObjectWhere | null | undefined;
};

/** Objects to merge into JSON values. */
export type ObjectMerge = {
  /** What the uploader says about it. */
  userMetadata?: unknown;
};

/** A change of objects. What is not named stays; null takes a value away. */
export type ObjectSet = {
  /** The bucket that it is in. */
  bucketId?: string | null | undefined;
  /** Objects whose keys are set in JSON values; other keys stay. */
  merge?: ObjectMerge | null | undefined;
  /** Its path in the bucket, at most 1,024 characters. */
  name?: string | null | undefined;
  /** What the uploader says about it. */
  userMetadata?: unknown;
};

/** A condition on objects; all that is named must hold, and nothing that is named can be null. */
export type ObjectWhere = {
  /** All of these hold. */
  and?: Array<ObjectWhere> | null | undefined;
  /** The bucket that it is in. */
  bucket?: BucketWhere | null | undefined;
  /** The bucket that it is in. */
  bucketId?: StringFilter | null | undefined;
  /** When the file was uploaded. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The file's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** When it was last read. */
  lastAccessedAt?: DateTimeFilter | null | undefined;
  /** What the server knows of the content: `size` in bytes, `mimetype`, `eTag`, `cacheControl`, `lastModified`. */
  metadata?: JsonFilter | null | undefined;
  /** Its path in the bucket, at most 1,024 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ObjectWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ObjectWhere> | null | undefined;
  /** Who uploaded it; nobody where the server's own programs did. Files go with the account. */
  owner?: UuidFilter | null | undefined;
  /** The same as text, for policies that compare it with text. */
  ownerId?: StringFilter | null | undefined;
  /** The steps of its path. */
  pathTokens?: StringListFilter | null | undefined;
  /** When the file was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Who uploaded it. */
  uploader?: UserWhere | null | undefined;
  /** What the uploader says about it. */
  userMetadata?: JsonFilter | null | undefined;
  /** What tells this content from the one before; none where there are no bytes. */
  version?: StringFilter | null | undefined;
};

/** A condition on related performance metrics. */
export type PerformanceMetricListWhere = {
  /** None fails to fit. */
  every?: PerformanceMetricWhere | null | undefined;
  /** None fits. */
  none?: PerformanceMetricWhere | null | undefined;
  /** At least one fits. */
  some?: PerformanceMetricWhere | null | undefined;
};

/** What kind of thing was measured. */
export type PerformanceMetricType =
  /** Work in the background. */
  | 'JOB'
  /** A page in a browser. */
  | 'PAGE_LOAD'
  /** A statement of the database. */
  | 'QUERY'
  /** A request to the server. */
  | 'REQUEST'
  /** Reading or writing of files. */
  | 'STORAGE';

/** A condition on a PerformanceMetricType value; all that is named must hold. */
export type PerformanceMetricTypeFilter = {
  /** Equal to. */
  eq?: PerformanceMetricType | null | undefined;
  /** Equal to one of these. */
  in?: Array<PerformanceMetricType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: PerformanceMetricType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<PerformanceMetricType> | null | undefined;
};

/** A condition on performance metrics; all that is named must hold, and nothing that is named can be null. */
export type PerformanceMetricWhere = {
  /** All of these hold. */
  and?: Array<PerformanceMetricWhere> | null | undefined;
  /** When the entry was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How many of those were answered with an error. */
  errorCount?: BigIntFilter | null | undefined;
  /** How many of those were a fault of the server. */
  faultCount?: BigIntFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** What the longest took, in milliseconds. */
  maxMs?: FloatFilter | null | undefined;
  /** What else is known: route, statement, device. For an operation and a minute `buckets`: upper bounds of durations in milliseconds, and how many operations took as long. */
  metadata?: JsonFilter | null | undefined;
  /** What was measured, at most 100 characters. */
  metricName?: StringFilter | null | undefined;
  /** What kind of thing was measured. */
  metricType?: PerformanceMetricTypeFilter | null | undefined;
  /** The measured value. */
  metricValue?: DecimalFilter | null | undefined;
  /** This does not hold. */
  not?: PerformanceMetricWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<PerformanceMetricWhere> | null | undefined;
  /** What half of them took at most, in milliseconds. */
  p50Ms?: FloatFilter | null | undefined;
  /** What 95 of a hundred took at most, in milliseconds. */
  p95Ms?: FloatFilter | null | undefined;
  /** When it was measured; for an operation and a minute when that began. */
  recordedAt?: DateTimeFilter | null | undefined;
  /** How often, where it is a row for an operation and a minute: then the value is the mean. */
  sampleCount?: BigIntFilter | null | undefined;
  /** The size of all answers together. */
  sizeBytes?: BigIntFilter | null | undefined;
  /** Its unit, such as `ms` or `bytes`. */
  unit?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person concerned, if anybody. */
  user?: UserWhere | null | undefined;
  /** The person concerned, if anybody. */
  userId?: UuidFilter | null | undefined;
};

/** What an access token may do. */
export type PersonalAccessTokenScope =
  /** Find and read. */
  | 'READ'
  /** Make and change, too. */
  | 'WRITE';

/** A condition on related project components. */
export type ProjectComponentListWhere = {
  /** None fails to fit. */
  every?: ProjectComponentWhere | null | undefined;
  /** None fits. */
  none?: ProjectComponentWhere | null | undefined;
  /** At least one fits. */
  some?: ProjectComponentWhere | null | undefined;
};

/** A condition on project components; all that is named must hold, and nothing that is named can be null. */
export type ProjectComponentWhere = {
  /** All of these hold. */
  and?: Array<ProjectComponentWhere> | null | undefined;
  /** The components it holds. */
  children?: ProjectComponentListWhere | null | undefined;
  /** What it is. */
  componentType?: ComponentTypeFilter | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Its height in pixels; as high as its content if absent. */
  height?: FloatFilter | null | undefined;
  /** The component's key. */
  id?: UuidFilter | null | undefined;
  /** Whether the editor refuses to move it. */
  isLocked?: BooleanFilter | null | undefined;
  /** Whether it is shown. */
  isVisible?: BooleanFilter | null | undefined;
  /** Its name, at most 200 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ProjectComponentWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ProjectComponentWhere> | null | undefined;
  /** The component that holds it. */
  parent?: ProjectComponentWhere | null | undefined;
  /** The component that holds it, in the same project. */
  parentId?: UuidFilter | null | undefined;
  /** Pixels from the left of what holds it. */
  positionX?: FloatFilter | null | undefined;
  /** Pixels from the top of what holds it. */
  positionY?: FloatFilter | null | undefined;
  /** The project it is part of. */
  project?: ProjectWhere | null | undefined;
  /** The project it is part of. */
  projectId?: UuidFilter | null | undefined;
  /** What it contains and does. */
  properties?: JsonFilter | null | undefined;
  /** How it looks. */
  styles?: JsonFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its width in pixels; as wide as its content if absent. */
  width?: FloatFilter | null | undefined;
  /** The higher, the further in front. */
  zIndex?: IntFilter | null | undefined;
};

/** A condition on related project invitations. */
export type ProjectInvitationListWhere = {
  /** None fails to fit. */
  every?: ProjectInvitationWhere | null | undefined;
  /** None fits. */
  none?: ProjectInvitationWhere | null | undefined;
  /** At least one fits. */
  some?: ProjectInvitationWhere | null | undefined;
};

/** A condition on project invitations; all that is named must hold, and nothing that is named can be null. */
export type ProjectInvitationWhere = {
  /** All of these hold. */
  and?: Array<ProjectInvitationWhere> | null | undefined;
  /** When it was accepted, declined or cancelled. */
  answeredAt?: DateTimeFilter | null | undefined;
  /** When it was first sent. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The address, in lower case. */
  email?: StringFilter | null | undefined;
  /** Until when it can be accepted. */
  expiresAt?: DateTimeFilter | null | undefined;
  /** The invitation's key. */
  id?: UuidFilter | null | undefined;
  /** The person who invites; none once their account is gone. */
  invitedBy?: UuidFilter | null | undefined;
  /** The person who invites. */
  inviter?: UserWhere | null | undefined;
  /** This does not hold. */
  not?: ProjectInvitationWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ProjectInvitationWhere> | null | undefined;
  /** The project. */
  project?: ProjectWhere | null | undefined;
  /** The project. */
  projectId?: UuidFilter | null | undefined;
  /** What they may do with the project once they accept. */
  role?: CollaboratorRoleFilter | null | undefined;
  /** What became of it. */
  state?: InvitationStateFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** A condition on related projects. */
export type ProjectListWhere = {
  /** None fails to fit. */
  every?: ProjectWhere | null | undefined;
  /** None fits. */
  none?: ProjectWhere | null | undefined;
  /** At least one fits. */
  some?: ProjectWhere | null | undefined;
};

/** How far a project is. */
export type ProjectStatus =
  /** In use. */
  | 'ACTIVE'
  /** Put away. */
  | 'ARCHIVED'
  /** Begun. */
  | 'DRAFT';

/** A condition on a ProjectStatus value; all that is named must hold. */
export type ProjectStatusFilter = {
  /** Equal to. */
  eq?: ProjectStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<ProjectStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: ProjectStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<ProjectStatus> | null | undefined;
};

/** A condition on projects; all that is named must hold, and nothing that is named can be null. */
export type ProjectWhere = {
  /** All of these hold. */
  and?: Array<ProjectWhere> | null | undefined;
  /** The people it is shared with. */
  collaborators?: CollaboratorListWhere | null | undefined;
  /** What stands on its canvas. */
  components?: ProjectComponentListWhere | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** When its owner deleted it; only they still see it then. */
  deletedAt?: DateTimeFilter | null | undefined;
  /** What it is, at most 5,000 characters. */
  description?: StringFilter | null | undefined;
  /** The project it is a copy of. */
  duplicatedFrom?: ProjectWhere | null | undefined;
  /** The project it is a copy of. */
  duplicatedFromId?: UuidFilter | null | undefined;
  /** Copies made of it. */
  duplicates?: ProjectListWhere | null | undefined;
  /** Prompts generated for it. */
  generations?: PromptGenerationListWhere | null | undefined;
  /** The project's key. */
  id?: UuidFilter | null | undefined;
  /** People who were asked to work on it. */
  invitations?: ProjectInvitationListWhere | null | undefined;
  /** The canvas: size, zoom, grid. */
  layout?: JsonFilter | null | undefined;
  /** Its name, at most 200 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: ProjectWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<ProjectWhere> | null | undefined;
  /** What was spoken for it. */
  recordings?: AudioRecordingListWhere | null | undefined;
  /** How the builder treats it. */
  settings?: JsonFilter | null | undefined;
  /** How far it is. */
  status?: ProjectStatusFilter | null | undefined;
  /** The address of its picture. */
  thumbnailUrl?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who owns it. */
  user?: UserWhere | null | undefined;
  /** The person who owns it. */
  userId?: UuidFilter | null | undefined;
};

/** A way of structuring a prompt. */
export type PromptFrameworkName =
  /** Action, purpose, expectation. */
  | 'APE'
  /** Context, action, result, example. */
  | 'CARE'
  /** Context, objective, actions, scenario, task. */
  | 'COAST'
  /** Expectation, role, action. */
  | 'ERA'
  /** Role, action, context, expectation. */
  | 'RACE'
  /** Request, input, scenario, expectation. */
  | 'RISE'
  /** Role, objective, scenario, expected solution, steps. */
  | 'ROSES'
  /** Task, action, goal. */
  | 'TAG'
  /** Task, request, action, context, example. */
  | 'TRACE';

/** A condition on a PromptFrameworkName value; all that is named must hold. */
export type PromptFrameworkNameFilter = {
  /** Equal to. */
  eq?: PromptFrameworkName | null | undefined;
  /** Equal to one of these. */
  in?: Array<PromptFrameworkName> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: PromptFrameworkName | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<PromptFrameworkName> | null | undefined;
};

/** A condition on prompt frameworks; all that is named must hold, and nothing that is named can be null. */
export type PromptFrameworkWhere = {
  /** All of these hold. */
  and?: Array<PromptFrameworkWhere> | null | undefined;
  /** Its components in order: objects with `key`, `label`, `description` and `required`. */
  components?: JsonFilter | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What it is good for. */
  description?: StringFilter | null | undefined;
  /** The name people see, at most 100 characters. */
  displayName?: StringFilter | null | undefined;
  /** Filled-in examples: objects with `title` and `values`. */
  examples?: JsonFilter | null | undefined;
  /** Prompts generated with it. */
  history?: PromptHistoryEntryListWhere | null | undefined;
  /** The framework's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it is offered. */
  isEnabled?: BooleanFilter | null | undefined;
  /** Its short name, as other rows refer to it. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PromptFrameworkWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<PromptFrameworkWhere> | null | undefined;
  /** Its place in lists. */
  sortOrder?: IntFilter | null | undefined;
  /** The prompt, with `{key}` where a component goes. */
  template?: StringFilter | null | undefined;
  /** Templates made with it. */
  templates?: PromptTemplateListWhere | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

/** A condition on related prompt generations. */
export type PromptGenerationListWhere = {
  /** None fails to fit. */
  every?: PromptGenerationWhere | null | undefined;
  /** None fits. */
  none?: PromptGenerationWhere | null | undefined;
  /** At least one fits. */
  some?: PromptGenerationWhere | null | undefined;
};

/** A condition on prompt generations; all that is named must hold, and nothing that is named can be null. */
export type PromptGenerationWhere = {
  /** All of these hold. */
  and?: Array<PromptGenerationWhere> | null | undefined;
  /** The recording it was made from. */
  audioRecording?: AudioRecordingWhere | null | undefined;
  /** The recording it was made from. */
  audioRecordingId?: UuidFilter | null | undefined;
  /** What it cost, in US dollars. */
  cost?: DecimalFilter | null | undefined;
  /** When it was asked for. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How long it took, in milliseconds. */
  durationMs?: IntFilter | null | undefined;
  /** What went wrong. */
  errorMessage?: StringFilter | null | undefined;
  /** The prompt that came out. */
  generatedPrompt?: StringFilter | null | undefined;
  /** The generation's key. */
  id?: UuidFilter | null | undefined;
  /** What was asked for. */
  inputText?: StringFilter | null | undefined;
  /** Tokens read. */
  inputTokens?: IntFilter | null | undefined;
  /** The model, at most 100 characters. */
  model?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PromptGenerationWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<PromptGenerationWhere> | null | undefined;
  /** Tokens written. */
  outputTokens?: IntFilter | null | undefined;
  /** The settings it was made with. */
  parameters?: JsonFilter | null | undefined;
  /** The project it was made for. */
  project?: ProjectWhere | null | undefined;
  /** The project it was made for. */
  projectId?: UuidFilter | null | undefined;
  /** The provider, at most 50 characters. */
  provider?: StringFilter | null | undefined;
  /** How far it got. */
  status?: PromptStatusFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who asked for it. */
  user?: UserWhere | null | undefined;
  /** The person who asked for it. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on related prompt history entries. */
export type PromptHistoryEntryListWhere = {
  /** None fails to fit. */
  every?: PromptHistoryEntryWhere | null | undefined;
  /** None fits. */
  none?: PromptHistoryEntryWhere | null | undefined;
  /** At least one fits. */
  some?: PromptHistoryEntryWhere | null | undefined;
};

/** A condition on prompt history entries; all that is named must hold, and nothing that is named can be null. */
export type PromptHistoryEntryWhere = {
  /** What came back. */
  aiResponse?: StringFilter | null | undefined;
  /** All of these hold. */
  and?: Array<PromptHistoryEntryWhere> | null | undefined;
  /** The provider that answered. */
  apiProvider?: ApiProviderWhere | null | undefined;
  /** What it cost, in US dollars. */
  costUsd?: DecimalFilter | null | undefined;
  /** When it was asked for. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The provider's code for it, at most 50 characters. */
  errorCode?: StringFilter | null | undefined;
  /** What went wrong. */
  errorMessage?: StringFilter | null | undefined;
  /** The framework used. */
  framework?: PromptFrameworkWhere | null | undefined;
  /** The `name` of the framework used. */
  frameworkId?: StringFilter | null | undefined;
  /** What the framework was called then, at most 100 characters. */
  frameworkName?: StringFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** The length asked for. */
  length?: StringFilter | null | undefined;
  /** The longest answer allowed, in tokens. */
  maxTokens?: IntFilter | null | undefined;
  /** The model, at most 50 characters. */
  model?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PromptHistoryEntryWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<PromptHistoryEntryWhere> | null | undefined;
  /** How long it took, in milliseconds. */
  processingTimeMs?: IntFilter | null | undefined;
  /** The provider's `name`. */
  provider?: StringFilter | null | undefined;
  /** How far it got. */
  status?: PromptStatusFilter | null | undefined;
  /** The sampling temperature, 0 to 2. */
  temperature?: DecimalFilter | null | undefined;
  /** The template used. */
  template?: PromptTemplateWhere | null | undefined;
  /** The template used, if one was. */
  templateId?: UuidFilter | null | undefined;
  /** Tokens read and written. */
  tokensUsed?: IntFilter | null | undefined;
  /** The tone asked for. */
  tone?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person. */
  user?: UserWhere | null | undefined;
  /** The person. */
  userId?: UuidFilter | null | undefined;
  /** What the person wrote. */
  userInput?: StringFilter | null | undefined;
  /** Whether the prompt was meant for a coding agent. */
  vibeCoding?: BooleanFilter | null | undefined;
};

/** A company whose models answer prompts. */
export type PromptProvider =
  /** Anthropic. */
  | 'ANTHROPIC'
  /** Google, by its Gemini models. */
  | 'GOOGLE'
  /** OpenAI. */
  | 'OPENAI';

/** A condition on a PromptProvider value; all that is named must hold. */
export type PromptProviderFilter = {
  /** Equal to. */
  eq?: PromptProvider | null | undefined;
  /** Equal to one of these. */
  in?: Array<PromptProvider> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: PromptProvider | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<PromptProvider> | null | undefined;
};

/** How far a generation got. */
export type PromptStatus =
  /** Answered. */
  | 'COMPLETED'
  /** Given up. */
  | 'FAILED'
  /** Asked for. */
  | 'PENDING';

/** A condition on a PromptStatus value; all that is named must hold. */
export type PromptStatusFilter = {
  /** Equal to. */
  eq?: PromptStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<PromptStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: PromptStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<PromptStatus> | null | undefined;
};

/** A condition on related prompt templates. */
export type PromptTemplateListWhere = {
  /** None fails to fit. */
  every?: PromptTemplateWhere | null | undefined;
  /** None fits. */
  none?: PromptTemplateWhere | null | undefined;
  /** At least one fits. */
  some?: PromptTemplateWhere | null | undefined;
};

/** A condition on prompt templates; all that is named must hold, and nothing that is named can be null. */
export type PromptTemplateWhere = {
  /** All of these hold. */
  and?: Array<PromptTemplateWhere> | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** What it is for. */
  description?: StringFilter | null | undefined;
  /** The framework it is made with. */
  framework?: PromptFrameworkWhere | null | undefined;
  /** The `name` of the framework it is made with. */
  frameworkId?: StringFilter | null | undefined;
  /** Prompts generated with it. */
  history?: PromptHistoryEntryListWhere | null | undefined;
  /** The template's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it is offered. */
  isActive?: BooleanFilter | null | undefined;
  /** Whether everybody signed in may read it. */
  isPublic?: BooleanFilter | null | undefined;
  /** Its name, at most 100 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: PromptTemplateWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<PromptTemplateWhere> | null | undefined;
  /** The prompt, with `{variable}` where something is to be filled in. */
  templateContent?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Prompts generated with it. */
  usageCount?: IntFilter | null | undefined;
  /** The person who wrote it. */
  user?: UserWhere | null | undefined;
  /** The person who wrote it; none for one that came with the system. */
  userId?: UuidFilter | null | undefined;
  /** What can be filled in: an array of objects with `name` and `description`. */
  variables?: JsonFilter | null | undefined;
};

/** A condition on related rate limit periods. */
export type RateLimitPeriodListWhere = {
  /** None fails to fit. */
  every?: RateLimitPeriodWhere | null | undefined;
  /** None fits. */
  none?: RateLimitPeriodWhere | null | undefined;
  /** At least one fits. */
  some?: RateLimitPeriodWhere | null | undefined;
};

/** A condition on rate limit periods; all that is named must hold, and nothing that is named can be null. */
export type RateLimitPeriodWhere = {
  /** The agent. */
  agentType?: AgentTypeFilter | null | undefined;
  /** All of these hold. */
  and?: Array<RateLimitPeriodWhere> | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** The length of the period. */
  limitType?: RateLimitTypeFilter | null | undefined;
  /** Requests allowed in it. */
  limitValue?: IntFilter | null | undefined;
  /** This does not hold. */
  not?: RateLimitPeriodWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<RateLimitPeriodWhere> | null | undefined;
  /** When it ends. */
  periodEnd?: DateTimeFilter | null | undefined;
  /** When the period began. */
  periodStart?: DateTimeFilter | null | undefined;
  /** Requests so far. */
  requestCount?: IntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person. */
  user?: UserWhere | null | undefined;
  /** The person. */
  userId?: UuidFilter | null | undefined;
};

/** The length of a period in which requests are counted. */
export type RateLimitType =
  /** A day. */
  | 'DAILY'
  /** An hour. */
  | 'HOURLY'
  /** A minute. */
  | 'MINUTELY';

/** A condition on a RateLimitType value; all that is named must hold. */
export type RateLimitTypeFilter = {
  /** Equal to. */
  eq?: RateLimitType | null | undefined;
  /** Equal to one of these. */
  in?: Array<RateLimitType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: RateLimitType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<RateLimitType> | null | undefined;
};

/** What a search can find. */
export type SearchEntityType =
  /** An artifact of a chat, in its latest version. */
  | 'ARTIFACT'
  /** A document. */
  | 'DOCUMENT'
  /** A note. */
  | 'NOTE';

/** A condition on a SearchEntityType value; all that is named must hold. */
export type SearchEntityTypeFilter = {
  /** Equal to. */
  eq?: SearchEntityType | null | undefined;
  /** Equal to one of these. */
  in?: Array<SearchEntityType> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: SearchEntityType | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<SearchEntityType> | null | undefined;
};

/** A condition on related search entries. */
export type SearchEntryListWhere = {
  /** None fails to fit. */
  every?: SearchEntryWhere | null | undefined;
  /** None fits. */
  none?: SearchEntryWhere | null | undefined;
  /** At least one fits. */
  some?: SearchEntryWhere | null | undefined;
};

/** A condition on search entries; all that is named must hold, and nothing that is named can be null. */
export type SearchEntryWhere = {
  /** All of these hold. */
  and?: Array<SearchEntryWhere> | null | undefined;
  /** Its text. */
  content?: StringFilter | null | undefined;
  /** When the row was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The key of what is found. */
  entityId?: UuidFilter | null | undefined;
  /** What is found. */
  entityType?: SearchEntityTypeFilter | null | undefined;
  /** The row's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: SearchEntryWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<SearchEntryWhere> | null | undefined;
  /** The stems of title (weight A), tags (B) and the first 200,000 characters of the text (C). */
  searchVector?: TextSearchFilter | null | undefined;
  /** Its tags. */
  tags?: StringListFilter | null | undefined;
  /** Its title; notes have none. */
  title?: StringFilter | null | undefined;
  /** When the row was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner. */
  userId?: UuidFilter | null | undefined;
};

/** How to search. */
export type SearchMode =
  /** Both, joined by reciprocal rank fusion. */
  | 'HYBRID'
  /** By meaning: the nearest embeddings. */
  | 'SEMANTIC'
  /** By words, in English; quotes, `or` and `-` work as on the web. */
  | 'TEXT';

/** A condition on related stacks. */
export type StackListWhere = {
  /** None fails to fit. */
  every?: StackWhere | null | undefined;
  /** None fits. */
  none?: StackWhere | null | undefined;
  /** At least one fits. */
  some?: StackWhere | null | undefined;
};

/** A condition on related stack notes. */
export type StackNoteListWhere = {
  /** None fails to fit. */
  every?: StackNoteWhere | null | undefined;
  /** None fits. */
  none?: StackNoteWhere | null | undefined;
  /** At least one fits. */
  some?: StackNoteWhere | null | undefined;
};

/** A condition on stack notes; all that is named must hold, and nothing that is named can be null. */
export type StackNoteWhere = {
  /** All of these hold. */
  and?: Array<StackNoteWhere> | null | undefined;
  /** When the note was added. */
  createdAt?: DateTimeFilter | null | undefined;
  /** This does not hold. */
  not?: StackNoteWhere | null | undefined;
  /** The note. */
  note?: NoteWhere | null | undefined;
  /** The note, one of the stack's owner. */
  noteId?: UuidFilter | null | undefined;
  /** At least one of these holds. */
  or?: Array<StackNoteWhere> | null | undefined;
  /** The place, counted from 1; the end of the stack unless stated. No two notes of a stack share one. */
  position?: IntFilter | null | undefined;
  /** The stack. */
  stack?: StackWhere | null | undefined;
  /** The stack. */
  stackId?: UuidFilter | null | undefined;
  /** When the note was last moved. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The owner of both. */
  user?: UserWhere | null | undefined;
  /** The owner of both; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on stacks; all that is named must hold, and nothing that is named can be null. */
export type StackWhere = {
  /** All of these hold. */
  and?: Array<StackWhere> | null | undefined;
  /** When the stack was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The stack's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** What it is called, 1 to 200 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: StackWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<StackWhere> | null | undefined;
  /** Whether it is kept in view. */
  pinned?: BooleanFilter | null | undefined;
  /** The places of its notes; order them by `position`. */
  stackNotes?: StackNoteListWhere | null | undefined;
  /** When the stack was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
};

/** What makes a statement come first. */
export type StatementOrder =
  /** How often it ran. */
  | 'CALLS'
  /** The time of a run, on average. */
  | 'MEAN_TIME'
  /** The time of all its runs together. */
  | 'TOTAL_TIME';

/** How far an answer is. */
export type StreamStatus =
  /** It ended with a tool that asks whether it may: see `answerToolRequest`. */
  | 'ASKING'
  /** It is complete. */
  | 'COMPLETED'
  /** It could not be completed; what was written is kept. */
  | 'FAILED'
  /** Somebody ended it; what was written is kept. */
  | 'STOPPED'
  /** It is about to be written. */
  | 'WAITING'
  /** It is being written. */
  | 'WRITING';

/** A condition on a StreamStatus value; all that is named must hold. */
export type StreamStatusFilter = {
  /** Equal to. */
  eq?: StreamStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<StreamStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: StreamStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<StreamStatus> | null | undefined;
};

/** A condition on a String value; all that is named must hold. */
export type StringFilter = {
  /** Has this text inside. */
  contains?: string | null | undefined;
  /** Ends with this text. */
  endsWith?: string | null | undefined;
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Fits a pattern in upper or lower case. */
  ilike?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Matches such a regular expression in upper or lower case. */
  iregex?: string | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Fits a pattern: `%` is any text, `_` any character. */
  like?: string | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Has these words in English; quotes, `or` and `-` work as on the web. */
  matches?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
  /** Matches a POSIX regular expression of at most 500 characters, repetitions written out, without back references and lookaround. */
  regex?: string | null | undefined;
  /** Begins with this text. */
  startsWith?: string | null | undefined;
};

/** A condition on a list of String values; all that is named must hold. */
export type StringListFilter = {
  /** Has none but these. */
  containedBy?: Array<string> | null | undefined;
  /** Has all of these. */
  contains?: Array<string> | null | undefined;
  /** Equal to. */
  eq?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: Array<string> | null | undefined;
  /** Has at least one of these. */
  overlaps?: Array<string> | null | undefined;
};

/** A condition on related suggestions. */
export type SuggestionListWhere = {
  /** None fails to fit. */
  every?: SuggestionWhere | null | undefined;
  /** None fits. */
  none?: SuggestionWhere | null | undefined;
  /** At least one fits. */
  some?: SuggestionWhere | null | undefined;
};

/** A condition on suggestions; all that is named must hold, and nothing that is named can be null. */
export type SuggestionWhere = {
  /** All of these hold. */
  and?: Array<SuggestionWhere> | null | undefined;
  /** The version that it would change. */
  artifact?: ArtifactWhere | null | undefined;
  /** When it was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Why. */
  description?: StringFilter | null | undefined;
  /** The version's `createdAt`. */
  documentCreatedAt?: DateTimeFilter | null | undefined;
  /** The artifact's `id`. */
  documentId?: UuidFilter | null | undefined;
  /** The suggestion's key. */
  id?: UuidFilter | null | undefined;
  /** Whether it was taken over or dismissed. */
  isResolved?: BooleanFilter | null | undefined;
  /** This does not hold. */
  not?: SuggestionWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<SuggestionWhere> | null | undefined;
  /** The text that would be replaced. */
  originalText?: StringFilter | null | undefined;
  /** The text that would replace it. */
  suggestedText?: StringFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who asked for it. */
  user?: UserWhere | null | undefined;
  /** The person who asked for it. */
  userId?: UuidFilter | null | undefined;
};

/** Changes of system settings: what is not given stays. */
export type SystemSettingsInput = {
  /** The AI provider that is used unless somebody chooses: one of availableProviders. */
  activeProvider?: string | null | undefined;
  /** From which figures on an alert is raised. */
  alerts?: AlertSettingsInput | null | undefined;
  /** The AI providers to choose from. */
  availableProviders?: Array<string> | null | undefined;
  /** What is logged. */
  logging?: LoggingSettingsInput | null | undefined;
  /** How many projects a person may have, 0 to 1,000,000. */
  maxProjectsPerUser?: number | null | undefined;
};

/** A condition on text that is searched by words. Words are matched in their stems; quotes, `or` and `-` work as on the web. */
export type TextSearchFilter = {
  /** Has these words in English. */
  matches?: string | null | undefined;
};

/** How far a transcription is. */
export type TranscriptionStatus =
  /** Done. */
  | 'COMPLETED'
  /** Given up. */
  | 'FAILED'
  /** Not begun. */
  | 'PENDING'
  /** Being made. */
  | 'PROCESSING';

/** A condition on a TranscriptionStatus value; all that is named must hold. */
export type TranscriptionStatusFilter = {
  /** Equal to. */
  eq?: TranscriptionStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<TranscriptionStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: TranscriptionStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<TranscriptionStatus> | null | undefined;
};

/** A condition on a UUID value; all that is named must hold. */
export type UuidFilter = {
  /** Equal to. */
  eq?: string | null | undefined;
  /** Greater than. */
  gt?: string | null | undefined;
  /** Greater than or equal to. */
  gte?: string | null | undefined;
  /** Equal to one of these. */
  in?: Array<string> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Less than. */
  lt?: string | null | undefined;
  /** Less than or equal to. */
  lte?: string | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: string | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<string> | null | undefined;
};

/** The colours of the user interface. */
export type UiTheme =
  /** Light on dark. */
  | 'DARK'
  /** Dark on light. */
  | 'LIGHT'
  /** As the device is set. */
  | 'SYSTEM';

/** A condition on a UiTheme value; all that is named must hold. */
export type UiThemeFilter = {
  /** Equal to. */
  eq?: UiTheme | null | undefined;
  /** Equal to one of these. */
  in?: Array<UiTheme> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: UiTheme | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<UiTheme> | null | undefined;
};

/** What to change; what is absent stays. */
export type UpdateAccountInput = {
  /** The code that requestReauthentication mailed. */
  code?: string | null | undefined;
  /** The present password. */
  currentPassword?: string | null | undefined;
  /** The new address. */
  email?: string | null | undefined;
  /** The new password; at least 8 and at most 128 characters. */
  password?: string | null | undefined;
  /** Where the link in the mail leads in the end. */
  redirectTo?: string | null | undefined;
  /** Fields of the metadata to set; a field that is null is removed. */
  userMetadata?: unknown;
};

/** A condition on related usage logs. */
export type UsageLogListWhere = {
  /** None fails to fit. */
  every?: UsageLogWhere | null | undefined;
  /** None fits. */
  none?: UsageLogWhere | null | undefined;
  /** At least one fits. */
  some?: UsageLogWhere | null | undefined;
};

/** A condition on usage logs; all that is named must hold, and nothing that is named can be null. */
export type UsageLogWhere = {
  /** The agent that made the call; null where it was none. */
  agentType?: AgentTypeFilter | null | undefined;
  /** All of these hold. */
  and?: Array<UsageLogWhere> | null | undefined;
  /** The chat it was made for. */
  chat?: ChatWhere | null | undefined;
  /** The chat it was made for. */
  chatId?: UuidFilter | null | undefined;
  /** When the entry was written. */
  createdAt?: DateTimeFilter | null | undefined;
  /** How long it took, in milliseconds. */
  durationMs?: IntFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** Cost of what was read, in US dollars. */
  inputCost?: DecimalFilter | null | undefined;
  /** Tokens read. */
  inputTokens?: IntFilter | null | undefined;
  /** Whatever else the agent noted. */
  metadata?: JsonFilter | null | undefined;
  /** The model, at most 100 characters. */
  modelUsed?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: UsageLogWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<UsageLogWhere> | null | undefined;
  /** Cost of what was written, in US dollars. */
  outputCost?: DecimalFilter | null | undefined;
  /** Tokens written. */
  outputTokens?: IntFilter | null | undefined;
  /** Who ran it. */
  provider?: ModelProviderFilter | null | undefined;
  /** When the request began. */
  requestTimestamp?: DateTimeFilter | null | undefined;
  /** When the answer was complete. */
  responseTimestamp?: DateTimeFilter | null | undefined;
  /** Both costs, in US dollars; null where the price is unknown. */
  totalCost?: DecimalFilter | null | undefined;
  /** Tokens read and written. */
  totalTokens?: BigIntFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person who caused it. */
  user?: UserWhere | null | undefined;
  /** The person who caused it. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on related user activity logs. */
export type UserActivityLogListWhere = {
  /** None fails to fit. */
  every?: UserActivityLogWhere | null | undefined;
  /** None fits. */
  none?: UserActivityLogWhere | null | undefined;
  /** At least one fits. */
  some?: UserActivityLogWhere | null | undefined;
};

/** A condition on user activity logs; all that is named must hold, and nothing that is named can be null. */
export type UserActivityLogWhere = {
  /** The area, such as `authentication` or `chat`; at most 50 characters. */
  activityCategory?: StringFilter | null | undefined;
  /** Details of it. */
  activityMetadata?: JsonFilter | null | undefined;
  /** What they did, such as `auth_login` or `chat_create`; at most 100 characters. */
  activityType?: StringFilter | null | undefined;
  /** All of these hold. */
  and?: Array<UserActivityLogWhere> | null | undefined;
  /** The same for everything that one action caused, the agents' work included. */
  correlationId?: UuidFilter | null | undefined;
  /** When they did it. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Why it did not. */
  errorMessage?: StringFilter | null | undefined;
  /** The entry's key. */
  id?: UuidFilter | null | undefined;
  /** The client's address, shortened where the privacy settings ask for it. */
  ipAddress?: InetFilter | null | undefined;
  /** This does not hold. */
  not?: UserActivityLogWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<UserActivityLogWhere> | null | undefined;
  /** The HTTP method. */
  requestMethod?: StringFilter | null | undefined;
  /** The path that was requested, at most 500 characters. */
  requestPath?: StringFilter | null | undefined;
  /** The thing acted upon. */
  resourceId?: UuidFilter | null | undefined;
  /** What kind of thing that is, at most 50 characters. */
  resourceType?: StringFilter | null | undefined;
  /** The session, at most 100 characters. */
  sessionId?: StringFilter | null | undefined;
  /** Whether it worked. */
  success?: BooleanFilter | null | undefined;
  /** When it was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** The person. */
  user?: UserWhere | null | undefined;
  /** The client's name for itself. */
  userAgent?: StringFilter | null | undefined;
  /** The person. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on user preferences; all that is named must hold, and nothing that is named can be null. */
export type UserPreferenceWhere = {
  /** All of these hold. */
  and?: Array<UserPreferenceWhere> | null | undefined;
  /** Whether the daily upkeep removes older history. */
  autoCleanup?: BooleanFilter | null | undefined;
  /** When the row was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** Whether their use may be counted. */
  enableAnalytics?: BooleanFilter | null | undefined;
  /** Whether to ask for feedback. */
  enableFeedback?: BooleanFilter | null | undefined;
  /** Whether prompts are kept in their history. */
  enableHistory?: BooleanFilter | null | undefined;
  /** Whether to notify of finished work. */
  enableNotifications?: BooleanFilter | null | undefined;
  /** The row's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** The language of the user interface as a BCP 47 tag, such as `en` or `pt-BR`. */
  language?: StringFilter | null | undefined;
  /** How many days the history is kept, 1 to 3,650, if `autoCleanup` is on. */
  maxHistoryDays?: IntFilter | null | undefined;
  /** This does not hold. */
  not?: UserPreferenceWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<UserPreferenceWhere> | null | undefined;
  /** The framework that new prompts start with. */
  selectedFramework?: PromptFrameworkNameFilter | null | undefined;
  /** Whose models answer by default. */
  selectedModel?: PromptProviderFilter | null | undefined;
  /** The colours of the user interface. */
  theme?: UiThemeFilter | null | undefined;
  /** When the row was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Whose settings they are. */
  user?: UserWhere | null | undefined;
  /** Whose settings they are; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
};

/** What a person subscribed to. */
export type UserSubscriptionPlan =
  /** By contract. */
  | 'ENTERPRISE'
  /** No payment. */
  | 'FREE'
  /** For one person who pays. */
  | 'PRO'
  /** For a group of people. */
  | 'TEAM';

/** A condition on a UserSubscriptionPlan value; all that is named must hold. */
export type UserSubscriptionPlanFilter = {
  /** Equal to. */
  eq?: UserSubscriptionPlan | null | undefined;
  /** Equal to one of these. */
  in?: Array<UserSubscriptionPlan> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: UserSubscriptionPlan | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<UserSubscriptionPlan> | null | undefined;
};

/** How a subscription stands. */
export type UserSubscriptionStatus =
  /** Paid. */
  | 'ACTIVE'
  /** Ended by either side. */
  | 'CANCELED'
  /** The first payment has not arrived. */
  | 'INCOMPLETE'
  /** A payment is late. */
  | 'PAST_DUE'
  /** Tried out without payment for now. */
  | 'TRIALING'
  /** Payment failed for good. */
  | 'UNPAID';

/** A condition on a UserSubscriptionStatus value; all that is named must hold. */
export type UserSubscriptionStatusFilter = {
  /** Equal to. */
  eq?: UserSubscriptionStatus | null | undefined;
  /** Equal to one of these. */
  in?: Array<UserSubscriptionStatus> | null | undefined;
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Different from; a missing value is different from any. */
  ne?: UserSubscriptionStatus | null | undefined;
  /** Equal to none of these. */
  notIn?: Array<UserSubscriptionStatus> | null | undefined;
};

/** A condition on users; all that is named must hold, and nothing that is named can be null. */
export type UserWhere = {
  /** What they did. */
  activities?: UserActivityLogListWhere | null | undefined;
  /** What agents did for them. */
  agentActivities?: AgentActivityLogListWhere | null | undefined;
  /** All of these hold. */
  and?: Array<UserWhere> | null | undefined;
  /** Their keys for providers. */
  apiConfigurations?: ApiConfigurationListWhere | null | undefined;
  /** Calls made with their keys. */
  apiUsage?: ApiUsageLogListWhere | null | undefined;
  /** Versions of their artifacts. */
  artifacts?: ArtifactListWhere | null | undefined;
  /** What they recorded. */
  audioRecordings?: AudioRecordingListWhere | null | undefined;
  /** The address of their picture, `http` or `https`, at most 2,048 characters. */
  avatarUrl?: StringFilter | null | undefined;
  /** What they say about themselves, at most 2,000 characters. */
  bio?: StringFilter | null | undefined;
  /** Their chats. */
  chats?: ChatListWhere | null | undefined;
  /** Their clusters. */
  clusters?: ClusterListWhere | null | undefined;
  /** Their shares in projects of others. */
  collaborations?: CollaboratorListWhere | null | undefined;
  /** When they signed up. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The name that others see, 1 to 100 characters. */
  displayName?: StringFilter | null | undefined;
  /** What they said about documents that are shared by a link. */
  documentComments?: DocumentCommentListWhere | null | undefined;
  /** What their documents were made of. */
  documentSources?: DocumentSourceListWhere | null | undefined;
  /** Their documents. */
  documents?: DocumentListWhere | null | undefined;
  /** The address of their account, kept equal to it; none for an anonymous account. */
  email?: StringFilter | null | undefined;
  /** When they proved that the address is theirs. */
  emailVerified?: DateTimeFilter | null | undefined;
  /** Errors that they met. */
  errors?: ErrorLogListWhere | null | undefined;
  /** What they told the operators. */
  feedback?: FeedbackListWhere | null | undefined;
  /** Repositories that they connected. */
  githubRepositories?: GithubRepositoryListWhere | null | undefined;
  /** The person's key: the subject of their access tokens. */
  id?: UuidFilter | null | undefined;
  /** Their weekly insights. */
  insights?: InsightListWhere | null | undefined;
  /** Whether the account is in use. */
  isActive?: BooleanFilter | null | undefined;
  /** Work that the server does for them in the background. */
  jobs?: JobListWhere | null | undefined;
  /** When they signed in most recently. */
  lastLoginAt?: DateTimeFilter | null | undefined;
  /** Calls of models that they caused, with tokens and costs. */
  modelCalls?: ModelCallListWhere | null | undefined;
  /** Their full name, 1 to 255 characters. */
  name?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: UserWhere | null | undefined;
  /** Notes that are proposed for their clusters. */
  noteSuggestions?: NoteSuggestionListWhere | null | undefined;
  /** Their notes. */
  notes?: NoteListWhere | null | undefined;
  /** The files that they uploaded. */
  objects?: ObjectListWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<UserWhere> | null | undefined;
  /** Measurements that concern them. */
  performanceMetrics?: PerformanceMetricListWhere | null | undefined;
  /** Their settings of the prompt tools. */
  preference?: UserPreferenceWhere | null | undefined;
  /** Switches of the application by name: `theme`, `autoSave`, `notifications`, `clusterSuggestions`, `aiFeatures`. */
  preferences?: JsonFilter | null | undefined;
  /** Projects that they own. */
  projects?: ProjectListWhere | null | undefined;
  /** Prompts that they generated in the builder. */
  promptGenerations?: PromptGenerationListWhere | null | undefined;
  /** Prompts that they generated with frameworks. */
  promptHistory?: PromptHistoryEntryListWhere | null | undefined;
  /** Templates that they wrote. */
  promptTemplates?: PromptTemplateListWhere | null | undefined;
  /** How many requests they made of the agents. */
  rateLimits?: RateLimitPeriodListWhere | null | undefined;
  /** What of theirs full-text search finds. */
  searchEntries?: SearchEntryListWhere | null | undefined;
  /** The places of notes in their stacks. */
  stackNotes?: StackNoteListWhere | null | undefined;
  /** Their stacks. */
  stacks?: StackListWhere | null | undefined;
  /** When the paid period ends. */
  subscriptionCurrentPeriodEnd?: DateTimeFilter | null | undefined;
  /** The plan that they subscribed to. */
  subscriptionPlan?: UserSubscriptionPlanFilter | null | undefined;
  /** The state of the subscription; none on the free plan. */
  subscriptionStatus?: UserSubscriptionStatusFilter | null | undefined;
  /** Edits that were proposed to them. */
  suggestions?: SuggestionListWhere | null | undefined;
  /** When the profile was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Calls of models that they caused. */
  usage?: UsageLogListWhere | null | undefined;
  /** Their encrypted notes. */
  vaultNotes?: VaultNoteListWhere | null | undefined;
};

/** A condition on related vault notes. */
export type VaultNoteListWhere = {
  /** None fails to fit. */
  every?: VaultNoteWhere | null | undefined;
  /** None fits. */
  none?: VaultNoteWhere | null | undefined;
  /** At least one fits. */
  some?: VaultNoteWhere | null | undefined;
};

/** A condition on vault notes; all that is named must hold, and nothing that is named can be null. */
export type VaultNoteWhere = {
  /** All of these hold. */
  and?: Array<VaultNoteWhere> | null | undefined;
  /** The encrypted note in an encoding that the client chose, at most 1,000,000 characters. */
  ciphertext?: StringFilter | null | undefined;
  /** When the note was made. */
  createdAt?: DateTimeFilter | null | undefined;
  /** The note's key, ordered by time of creation. */
  id?: UuidFilter | null | undefined;
  /** The initialization vector of the encryption, at most 128 characters. */
  iv?: StringFilter | null | undefined;
  /** This does not hold. */
  not?: VaultNoteWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<VaultNoteWhere> | null | undefined;
  /** The salt that the key was derived from the owner's passphrase with, at most 256 characters. */
  salt?: StringFilter | null | undefined;
  /** When the note was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
  /** Its owner. */
  user?: UserWhere | null | undefined;
  /** Its owner; the caller unless stated. */
  userId?: UuidFilter | null | undefined;
};

/** A condition on a Vector value; all that is named must hold. */
export type VectorFilter = {
  /** Whether there is no value. */
  isNull?: boolean | null | undefined;
  /** Not further than a distance from a vector. */
  within?: VectorWithin | null | undefined;
};

/** How the distance of two vectors is measured. */
export type VectorMetric =
  /** One minus the cosine of the angle between them: 0 for the same direction, 2 for the opposite. */
  | 'COSINE'
  /** The length of the straight line between them. */
  | 'EUCLIDEAN'
  /** The negative inner product. */
  | 'INNER_PRODUCT';

/** Rows within a distance of a vector. */
export type VectorWithin = {
  /** The largest distance. */
  distance: number;
  /** How it is measured. */
  metric?: VectorMetric | null | undefined;
  /** The vector from which distances are measured. */
  of: number[];
};

/** A condition on related votes. */
export type VoteListWhere = {
  /** None fails to fit. */
  every?: VoteWhere | null | undefined;
  /** None fits. */
  none?: VoteWhere | null | undefined;
  /** At least one fits. */
  some?: VoteWhere | null | undefined;
};

/** A condition on votes; all that is named must hold, and nothing that is named can be null. */
export type VoteWhere = {
  /** All of these hold. */
  and?: Array<VoteWhere> | null | undefined;
  /** The chat that holds the message. */
  chat?: ChatWhere | null | undefined;
  /** The chat that holds the message. */
  chatId?: UuidFilter | null | undefined;
  /** When the vote was cast. */
  createdAt?: DateTimeFilter | null | undefined;
  /** True for a vote up, false for one down. */
  isUpvoted?: BooleanFilter | null | undefined;
  /** The message judged. */
  message?: MessageWhere | null | undefined;
  /** The message judged. */
  messageId?: UuidFilter | null | undefined;
  /** This does not hold. */
  not?: VoteWhere | null | undefined;
  /** At least one of these holds. */
  or?: Array<VoteWhere> | null | undefined;
  /** When the vote was last changed. */
  updatedAt?: DateTimeFilter | null | undefined;
};

export type ModelsToChooseQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsToChooseQuery = { modelConfigs: { nodes: Array<{ modelId: string, name: string, provider: ModelProvider, isDefault: boolean }> } };

export type EnrollTotpMutationVariables = Exact<{
  friendlyName: string;
}>;


export type EnrollTotpMutation = { enrollTotp: { factorId: string, secret: string, qrCodeUrl: string } };

export type VerifyFactorMutationVariables = Exact<{
  factorId: string;
  code: string;
}>;


export type VerifyFactorMutation = { verifyTotp: { recoveryCodes: Array<string>, session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string, email: string | null, isAnonymous: boolean, appMetadata: unknown, userMetadata: unknown } } } };

export type EnrollKeyMutationVariables = Exact<{
  friendlyName: string;
}>;


export type EnrollKeyMutation = { enrollWebauthn: { id: string } };

export type AskForKeyMutationVariables = Exact<{
  factorId: string;
}>;


export type AskForKeyMutation = { challengeFactor: { challengeId: string, options: unknown } };

export type VerifyKeyMutationVariables = Exact<{
  factorId: string;
  challengeId: string;
  credential: unknown;
}>;


export type VerifyKeyMutation = { verifyWebauthn: { recoveryCodes: Array<string>, session: { accessToken: string, refreshToken: string, expiresAt: string, user: { id: string, email: string | null, isAnonymous: boolean, appMetadata: unknown, userMetadata: unknown } } } };

export type GiveUpFactorMutationVariables = Exact<{
  factorId: string;
}>;


export type GiveUpFactorMutation = { unenrollFactor: boolean };

export type MyFactorsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyFactorsQuery = { factors: Array<{ id: string, type: FactorType, friendlyName: string, verifiedAt: string | null, createdAt: string }> };

export type UnenrollFactorMutationVariables = Exact<{
  factorId: string;
}>;


export type UnenrollFactorMutation = { unenrollFactor: boolean };

export type NewRecoveryCodesMutationVariables = Exact<{ [key: string]: never; }>;


export type NewRecoveryCodesMutation = { regenerateRecoveryCodes: Array<string> };

export type MyKeysSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MyKeysSubscription = { live: { apiConfigurations: { nodes: Array<{ id: string, provider: string, apiKeyHint: string | null, isActive: boolean, isValidated: boolean, validationError: string | null, lastUsedAt: string | null }> }, apiProviders: { nodes: Array<{ name: string, displayName: string }> } } };

export type SaveKeyMutationVariables = Exact<{
  provider: string;
  apiKey: string;
}>;


export type SaveKeyMutation = { saveApiConfiguration: { id: string } };

export type TryKeyMutationVariables = Exact<{
  provider: string;
}>;


export type TryKeyMutation = { validateApiConfiguration: { id: string } };

export type RemoveKeyMutationVariables = Exact<{
  id: string;
}>;


export type RemoveKeyMutation = { deleteApiConfiguration: { id: string } | null };

export type MyPasskeysQueryVariables = Exact<{ [key: string]: never; }>;


export type MyPasskeysQuery = { passkeys: Array<{ id: string, friendlyName: string, createdAt: string, lastUsedAt: string | null }> };

export type BeginPasskeyRegistrationMutationVariables = Exact<{ [key: string]: never; }>;


export type BeginPasskeyRegistrationMutation = { beginPasskeyRegistration: { challengeId: string, options: unknown } };

export type FinishPasskeyRegistrationMutationVariables = Exact<{
  challengeId: string;
  credential: unknown;
  friendlyName?: string | null | undefined;
}>;


export type FinishPasskeyRegistrationMutation = { finishPasskeyRegistration: { id: string } };

export type RenamePasskeyMutationVariables = Exact<{
  id: string;
  friendlyName: string;
}>;


export type RenamePasskeyMutation = { renamePasskey: { id: string } };

export type RemovePasskeyMutationVariables = Exact<{
  id: string;
}>;


export type RemovePasskeyMutation = { removePasskey: boolean };

export type MailReauthenticationCodeMutationVariables = Exact<{ [key: string]: never; }>;


export type MailReauthenticationCodeMutation = { requestReauthentication: boolean };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, email: string | null, isAnonymous: boolean, userMetadata: unknown, createdAt: string } | null };

export type UpdateAccountMutationVariables = Exact<{
  input: UpdateAccountInput;
}>;


export type UpdateAccountMutation = { updateAccount: { id: string } };

export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { sessions: Array<{ id: string, userAgent: string | null, ip: string | null, createdAt: string, refreshedAt: string, isCurrent: boolean, aal: string }> };

export type RevokeSessionMutationVariables = Exact<{
  id: string;
}>;


export type RevokeSessionMutation = { revokeSession: boolean };

export type EndOtherSessionsMutationVariables = Exact<{ [key: string]: never; }>;


export type EndOtherSessionsMutation = { signOut: number };

export type ExportMyDataQueryVariables = Exact<{ [key: string]: never; }>;


export type ExportMyDataQuery = { exportMyData: unknown };

export type DeleteAccountMutationVariables = Exact<{
  currentPassword?: string | null | undefined;
  code?: string | null | undefined;
}>;


export type DeleteAccountMutation = { deleteAccount: boolean };

export type ArtifactVersionsSubscriptionVariables = Exact<{
  id: string;
}>;


export type ArtifactVersionsSubscription = { live: { artifacts: { nodes: Array<{ id: string, versionNumber: number, title: string, content: string | null, createdAt: string }> } } };

export type RevertArtifactMutationVariables = Exact<{
  id: string;
  toVersion: number;
}>;


export type RevertArtifactMutation = { revertArtifact: { versionNumber: number } };

export type MyAccessTokensQueryVariables = Exact<{ [key: string]: never; }>;


export type MyAccessTokensQuery = { personalAccessTokens: Array<{ id: string, name: string, scopes: Array<PersonalAccessTokenScope>, createdAt: string, expiresAt: string, lastUsedAt: string | null, isExpired: boolean }> };

export type CreateAccessTokenMutationVariables = Exact<{
  name: string;
  scopes: Array<PersonalAccessTokenScope> | PersonalAccessTokenScope;
  expiresInDays: number;
}>;


export type CreateAccessTokenMutation = { createPersonalAccessToken: { token: string, personalAccessToken: { name: string, expiresAt: string } } };

export type RevokeAccessTokenMutationVariables = Exact<{
  id: string;
}>;


export type RevokeAccessTokenMutation = { revokePersonalAccessToken: boolean };

export type FollowAnswerSubscriptionVariables = Exact<{
  streamId: string;
}>;


export type FollowAnswerSubscription = { chatStream: { offset: number, kind: ChatStreamEventKind, text: string | null, from: number | null, toolName: string | null, isError: boolean | null, error: { message: string } | null } };

export type StopStreamMutationVariables = Exact<{
  id: string;
}>;


export type StopStreamMutation = { stopStream: { id: string } };

export type FilesToAttachQueryVariables = Exact<{
  objects: ObjectWhere;
  recordings: AudioRecordingWhere;
}>;


export type FilesToAttachQuery = { objects: { nodes: Array<{ id: string, name: string, metadata: unknown }> }, audioRecordings: { nodes: Array<{ id: string, fileName: string, sizeBytes: string }> } };

export type SendMessageMutationVariables = Exact<{
  chatId?: string | null | undefined;
  parts: unknown;
  attachments?: Array<ChatAttachmentInput> | ChatAttachmentInput | null | undefined;
  options?: AnswerOptions | null | undefined;
}>;


export type SendMessageMutation = { sendMessage: { streamId: string, chat: { id: string } } };

export type ChatMessagesSubscriptionVariables = Exact<{
  chatId: string;
}>;


export type ChatMessagesSubscription = { live: { messages: { nodes: Array<{ id: string, role: MessageRole, parts: unknown, attachments: unknown, attachmentUrls: Array<string | null>, modelUsed: string | null, inputTokens: number | null, outputTokens: number | null, cost: string | null, createdAt: string, parentId: string | null, streams: { nodes: Array<{ id: string, status: StreamStatus | null, errorMessage: string | null, endedAt: string | null }> } }> }, chat: { tree: { nodes: Array<{ id: string, parentId: string | null, role: MessageRole }> } } | null } };

export type EditMessageMutationVariables = Exact<{
  id: string;
  parts: unknown;
  options?: AnswerOptions | null | undefined;
}>;


export type EditMessageMutation = { editMessage: { streamId: string } };

export type RegenerateMessageMutationVariables = Exact<{
  id: string;
  options?: AnswerOptions | null | undefined;
}>;


export type RegenerateMessageMutation = { regenerateMessage: { streamId: string } };

export type ShowBranchMutationVariables = Exact<{
  id: string;
}>;


export type ShowBranchMutation = { showBranch: { id: string } };

export type AnswerToolRequestMutationVariables = Exact<{
  messageId: string;
  toolCallId: string;
  approved: boolean;
}>;


export type AnswerToolRequestMutation = { answerToolRequest: { streamId: string | null } };

export type LikenessQueryVariables = Exact<{
  l0: string;
  l1: string;
  l2: string;
  l3: string;
  l4: string;
  l5: string;
  l6: string;
  l7: string;
  l8: string;
  l9: string;
  l10: string;
  l11: string;
  l12: string;
  l13: string;
  l14: string;
  l15: string;
  l16: string;
  l17: string;
  l18: string;
  l19: string;
  l20: string;
  l21: string;
  l22: string;
  l23: string;
}>;


export type LikenessQuery = { l0: Array<{ similarity: number, note: { id: string } | null }>, l1: Array<{ similarity: number, note: { id: string } | null }>, l2: Array<{ similarity: number, note: { id: string } | null }>, l3: Array<{ similarity: number, note: { id: string } | null }>, l4: Array<{ similarity: number, note: { id: string } | null }>, l5: Array<{ similarity: number, note: { id: string } | null }>, l6: Array<{ similarity: number, note: { id: string } | null }>, l7: Array<{ similarity: number, note: { id: string } | null }>, l8: Array<{ similarity: number, note: { id: string } | null }>, l9: Array<{ similarity: number, note: { id: string } | null }>, l10: Array<{ similarity: number, note: { id: string } | null }>, l11: Array<{ similarity: number, note: { id: string } | null }>, l12: Array<{ similarity: number, note: { id: string } | null }>, l13: Array<{ similarity: number, note: { id: string } | null }>, l14: Array<{ similarity: number, note: { id: string } | null }>, l15: Array<{ similarity: number, note: { id: string } | null }>, l16: Array<{ similarity: number, note: { id: string } | null }>, l17: Array<{ similarity: number, note: { id: string } | null }>, l18: Array<{ similarity: number, note: { id: string } | null }>, l19: Array<{ similarity: number, note: { id: string } | null }>, l20: Array<{ similarity: number, note: { id: string } | null }>, l21: Array<{ similarity: number, note: { id: string } | null }>, l22: Array<{ similarity: number, note: { id: string } | null }>, l23: Array<{ similarity: number, note: { id: string } | null }> };

export type NotesToMapQueryVariables = Exact<{ [key: string]: never; }>;


export type NotesToMapQuery = { notes: { totalCount: number, nodes: Array<{ id: string, content: string, clusterId: string | null, noteSuggestions: { nodes: Array<{ clusterId: string }> } }> }, clusters: { nodes: Array<{ id: string, title: string, status: ClusterStatus }> } };

export type NotesSuggestedForQueryVariables = Exact<{
  id: string;
}>;


export type NotesSuggestedForQuery = { noteSuggestions: { pageInfo: { hasNextPage: boolean }, nodes: Array<{ noteId: string }> } };

export type MergeSuggestedMutationVariables = Exact<{
  id: string;
  into: string;
  noteIds: Array<string> | string;
  atMost: number;
}>;


export type MergeSuggestedMutation = { updateNotes: { affectedCount: number }, dismissCluster: { id: string } };

export type MergeOwnMutationVariables = Exact<{
  id: string;
  into: string;
  atMost: number;
}>;


export type MergeOwnMutation = { updateNotes: { affectedCount: number }, deleteCluster: { id: string } | null };

export type MyClustersSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MyClustersSubscription = { live: { clusters: { nodes: Array<{ id: string, title: string, description: string | null, status: ClusterStatus, themeKeywords: Array<string>, activeNoteCount: number, acceptedAt: string | null, noteSuggestions: { totalCount: number, nodes: Array<{ noteId: string, similarity: string, note: { id: string, content: string } | null }> } }> }, jobs: { nodes: Array<{ id: string, progress: number }> } } };

export type SuggestClustersMutationVariables = Exact<{ [key: string]: never; }>;


export type SuggestClustersMutation = { suggestClusters: { id: string } };

export type AcceptClusterMutationVariables = Exact<{
  id: string;
}>;


export type AcceptClusterMutation = { acceptCluster: { id: string } };

export type DismissClusterMutationVariables = Exact<{
  id: string;
}>;


export type DismissClusterMutation = { dismissCluster: { id: string } };

export type AcceptNoteMutationVariables = Exact<{
  clusterId: string;
  noteId: string;
}>;


export type AcceptNoteMutation = { acceptNoteSuggestion: { id: string } };

export type RefuseNoteMutationVariables = Exact<{
  clusterId: string;
  noteId: string;
}>;


export type RefuseNoteMutation = { refuseNoteSuggestion: { noteId: string } };

export type NotesInClusterSubscriptionVariables = Exact<{
  id: string;
}>;


export type NotesInClusterSubscription = { live: { notes: { nodes: Array<{ id: string, content: string, tags: Array<string>, updatedAt: string, wordCount: number, cluster: { id: string, title: string } | null }> } } };

export type ConfigurationHistorySubscriptionVariables = Exact<{
  table?: ConfigurationTable | null | undefined;
  entry?: string | null | undefined;
}>;


export type ConfigurationHistorySubscription = { live: { configurationHistory: Array<{ id: string, at: string, actorEmail: string | null, byProgram: boolean, act: ConfigurationAct, name: string, canPutBack: boolean, fields: Array<{ field: string, before: unknown, after: unknown }> }> } };

export type PutBackConfigurationMutationVariables = Exact<{
  change: string;
}>;


export type PutBackConfigurationMutation = { putBackConfiguration: string };

export type DatabaseWaitsQueryVariables = Exact<{ [key: string]: never; }>;


export type DatabaseWaitsQuery = { databaseWaits: Array<{ lock: string, since: string | null, waiting: { pid: number, role: string | null, application: string | null, state: string | null, since: string | null, statement: string | null }, blocking: { pid: number, role: string | null, application: string | null, state: string | null, since: string | null, statement: string | null } }> };

export type SlowStatementsQueryVariables = Exact<{
  orderBy: StatementOrder;
}>;


export type SlowStatementsQuery = { slowStatements: { missing: string | null, statements: Array<{ statement: string | null, role: string | null, calls: string, totalMs: number, meanMs: number, maxMs: number, rows: string, blocksHit: string, blocksRead: string }> } };

export type IndexStatsQueryVariables = Exact<{ [key: string]: never; }>;


export type IndexStatsQuery = { indexStats: Array<{ table: string, index: string, sizeBytes: string, scans: string, lastUsed: string | null, isUnique: boolean, isValid: boolean }> };

export type DatabaseStatsQueryVariables = Exact<{ [key: string]: never; }>;


export type DatabaseStatsQuery = { databaseStats: Array<{ table: string, rowEstimate: string, tableBytes: string, indexBytes: string, totalBytes: string, deadRows: string | null, sequentialScans: string | null, indexScans: string | null, lastVacuum: string | null }>, healthCheck: Array<{ name: string, status: string, problems: string | null, details: string | null }> };

export type IntegrityCheckQueryVariables = Exact<{ [key: string]: never; }>;


export type IntegrityCheckQuery = { integrityCheck: Array<{ name: string, status: string, problems: string | null, details: string | null }> };

export type SecurityAuditQueryVariables = Exact<{ [key: string]: never; }>;


export type SecurityAuditQuery = { securityAudit: Array<{ severity: string, object: string | null, finding: string }> };

export type AnalyzeTablesMutationVariables = Exact<{ [key: string]: never; }>;


export type AnalyzeTablesMutation = { analyzeTables: Array<{ table: string }> };

export type DocumentAroundSubscriptionVariables = Exact<{
  id: string;
  versions: DocumentWhere;
}>;


export type DocumentAroundSubscription = { live: { documentSources: { totalCount: number, nodes: Array<{ position: number, isUsed: boolean, noteId: string | null, note: { id: string, content: string } | null }> }, documents: { nodes: Array<{ id: string, title: string, version: number, createdAt: string, generationState: GenerationState | null, content: string }> } } };

export type StopDocumentMutationVariables = Exact<{
  id: string;
}>;


export type StopDocumentMutation = { cancelJob: { id: string } };

export type RemoveDocumentMutationVariables = Exact<{
  id: string;
}>;


export type RemoveDocumentMutation = { deleteDocument: { id: string } | null };

export type ClustersToWriteOfQueryVariables = Exact<{ [key: string]: never; }>;


export type ClustersToWriteOfQuery = { clusters: { nodes: Array<{ id: string, title: string, status: ClusterStatus, activeNoteCount: number, noteSuggestions: { totalCount: number } }> } };

export type NotesToWriteOfQueryVariables = Exact<{
  where: NoteWhere;
}>;


export type NotesToWriteOfQuery = { notes: { nodes: Array<{ id: string, content: string }> } };

export type GenerateDocumentMutationVariables = Exact<{
  clusterId?: string | null | undefined;
  noteIds?: Array<string> | string | null | undefined;
  parentDocumentId?: string | null | undefined;
  title?: string | null | undefined;
  format: DocumentFormat;
  instructions?: string | null | undefined;
  provider?: string | null | undefined;
  model?: string | null | undefined;
}>;


export type GenerateDocumentMutation = { generateDocument: { document: { id: string } | null } };

export type OneFeedbackSubscriptionVariables = Exact<{
  id: string;
}>;


export type OneFeedbackSubscription = { live: { feedback: { id: string, message: string, feedbackType: FeedbackType, status: FeedbackStatus, priority: FeedbackPriority, rating: number | null, contactName: string | null, contactEmail: string | null, createdAt: string, respondedAt: string | null, adminResponse: string | null, user: { displayName: string | null, email: string | null } | null, admin: { displayName: string | null, email: string | null } | null, category: { name: string } | null, tagLinks: { nodes: Array<{ tagId: string }> } } | null, feedbackTags: { nodes: Array<{ id: string, name: string, color: string }> } } };

export type AnswerFeedbackMutationVariables = Exact<{
  id: string;
  set: FeedbackSet;
}>;


export type AnswerFeedbackMutation = { updateFeedback: { id: string } | null };

export type TagFeedbackMutationVariables = Exact<{
  input: FeedbackTagLinkInput;
}>;


export type TagFeedbackMutation = { createFeedbackTagLink: { tagId: string } };

export type UntagFeedbackMutationVariables = Exact<{
  feedbackId: string;
  tagId: string;
}>;


export type UntagFeedbackMutation = { deleteFeedbackTagLink: { tagId: string } | null };

export type FeedbackFiguresQueryVariables = Exact<{
  where: FeedbackWhere;
  answered: FeedbackWhere;
  from: string;
  to: string;
  timeZone: string;
  since: string;
}>;


export type FeedbackFiguresQuery = { days: Array<{ count: number, group: { createdAt: string | null }, avg: { rating: string | null } }>, all: Array<{ count: number, avg: { rating: string | null } }>, answered: Array<{ count: number }>, types: Array<{ count: number, group: { feedbackType: FeedbackType | null }, avg: { rating: string | null } }>, states: Array<{ count: number, group: { status: FeedbackStatus | null } }>, priorities: Array<{ count: number, group: { priority: FeedbackPriority | null } }>, ratings: Array<{ count: number, group: { rating: number | null } }>, kinds: Array<{ count: number, group: { categoryId: string | null } }>, feedbackCategories: { nodes: Array<{ id: string, name: string }> }, feedbackTags: { nodes: Array<{ id: string, name: string, feedbackLinks: { totalCount: number } }> }, feedbackDays: { nodes: Array<{ date: string, avgResponseTimeHours: string | null }> } };

export type BucketCountQueryVariables = Exact<{
  bucket: string;
}>;


export type BucketCountQuery = { objects: { totalCount: number } };

export type OneFileSubscriptionVariables = Exact<{
  where: ObjectWhere;
}>;


export type OneFileSubscription = { live: { objects: { nodes: Array<{ id: string, name: string, bucketId: string, metadata: unknown, userMetadata: unknown, createdAt: string, updatedAt: string, lastAccessedAt: string | null, uploader: { displayName: string | null, email: string | null } | null }> } } };

export type SignFileMutationVariables = Exact<{
  bucket: string;
  name: string;
  expiresIn: number;
  download?: string | null | undefined;
}>;


export type SignFileMutation = { createSignedUrl: { url: string | null } };

export type MoveFileMutationVariables = Exact<{
  id: string;
  set: ObjectSet;
}>;


export type MoveFileMutation = { updateObject: { id: string } | null };

export type FileChangesSubscriptionVariables = Exact<{
  where?: ObjectWhere | null | undefined;
}>;


export type FileChangesSubscription = { objectsChanges: { operation: ChangeKind } };

export type FindFilesSubscriptionVariables = Exact<{
  where: ObjectWhere;
}>;


export type FindFilesSubscription = { live: { objects: { totalCount: number, nodes: Array<{ id: string, name: string, metadata: unknown, updatedAt: string }> } } };

export type RemoveFilesMutationVariables = Exact<{
  where: ObjectWhere;
}>;


export type RemoveFilesMutation = { deleteObjects: { affectedCount: number } };

export type FileBucketsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type FileBucketsSubscription = { live: { buckets: { nodes: Array<{ id: string, name: string, public: boolean, fileSizeLimit: string | null, allowedMimeTypes: Array<string> | null, createdAt: string }> }, projects: { nodes: Array<{ id: string, name: string }> } } };

export type CountPeopleQueryVariables = Exact<{ [key: string]: never; }>;


export type CountPeopleQuery = { adminUsers: { totalCount: number } };

export type LoadDemoDataMutationVariables = Exact<{ [key: string]: never; }>;


export type LoadDemoDataMutation = { loadDemoData: { rows: number, email: string, adminEmail: string, password: string } };

export type ServerMetricsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ServerMetricsSubscription = { serverMetrics: { server: string, at: string, operations: number, errors: number, p50Ms: number | null, p99Ms: number | null, changes: number, changesDelivered: number, jobsBegun: number, jobsEnded: number, sockets: number, subscriptions: number, requestsWaiting: number, connectionsUsed: number, connections: number, unreadBytes: string, memoryBytes: string | null } };

export type ServerNowSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ServerNowSubscription = { live: { healthReport: { openAlerts: number, figures: Array<{ kind: AlertKind, subject: string | null, value: number, unit: string, threshold: number | null, details: string, alerting: boolean }> }, jobsAggregate: Array<{ count: number, group: { status: JobStatus | null } }> } };

export type ServerMinutesSubscriptionVariables = Exact<{
  since: string;
}>;


export type ServerMinutesSubscription = { live: { performanceMetricsAggregate: Array<{ group: { recordedAt: string | null }, sum: { sampleCount: string | null, errorCount: string | null }, avg: { p50Ms: number | null, p95Ms: number | null } }> } };

export type MyWorkspaceSubscriptionVariables = Exact<{
  me: string;
}>;


export type MyWorkspaceSubscription = { live: { notes: { totalCount: number, nodes: Array<{ id: string, content: string, tags: Array<string>, updatedAt: string, wordCount: number, cluster: { id: string, title: string } | null }> }, clusters: { totalCount: number }, documents: { totalCount: number }, chats: { totalCount: number }, artifacts: { totalCount: number }, projects: { totalCount: number } } };

export type MyInsightsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MyInsightsSubscription = { live: { insights: { nodes: Array<{ id: string, title: string, content: string, weekStart: string, weekEnd: string, generatedAt: string | null, generationMetadata: unknown }> }, jobs: { nodes: Array<{ id: string, status: JobStatus, progress: number, error: string | null, result: unknown }> } } };

export type GenerateWeeklyInsightMutationVariables = Exact<{
  week?: string | null | undefined;
  provider?: string | null | undefined;
  model?: string | null | undefined;
}>;


export type GenerateWeeklyInsightMutation = { generateWeeklyInsight: { id: string } };

export type RetryJobMutationVariables = Exact<{
  id: string;
}>;


export type RetryJobMutation = { retryJob: { id: string } };

export type CancelJobMutationVariables = Exact<{
  id: string;
}>;


export type CancelJobMutation = { cancelJob: { id: string } };

export type SchedulesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SchedulesSubscription = { live: { jobSchedules: { nodes: Array<{ name: string, cron: string, timeZone: string, isEnabled: boolean, lastRunAt: string | null, nextRunAt: string | null, error: string | null }> } } };

export type RunScheduleMutationVariables = Exact<{
  name: string;
}>;


export type RunScheduleMutation = { runSchedule: { id: string } };

export type SetScheduleEnabledMutationVariables = Exact<{
  name: string;
  isEnabled: boolean;
}>;


export type SetScheduleEnabledMutation = { updateSchedule: { name: string } };

export type ResolveErrorMutationVariables = Exact<{
  id: string;
  resolved: boolean;
  notes?: string | null | undefined;
}>;


export type ResolveErrorMutation = { updateErrorLog: { id: string } | null };

export type LatestNotesSubscriptionVariables = Exact<{
  first: number;
}>;


export type LatestNotesSubscription = { live: { notes: { totalCount: number, nodes: Array<{ id: string, content: string, tags: Array<string>, updatedAt: string, wordCount: number, cluster: { id: string, title: string } | null }> } } };

export type SearchNotesQueryVariables = Exact<{
  query: string;
  mode: SearchMode;
}>;


export type SearchNotesQuery = { search: Array<{ score: number, snippet: string | null, item:
      | { id: string, content: string, tags: Array<string>, updatedAt: string, wordCount: number }
      | Record<PropertyKey, never>
     | null }> };

export type WriteNoteMutationVariables = Exact<{
  content: string;
  tags?: Array<string> | string | null | undefined;
}>;


export type WriteNoteMutation = { createNote: { id: string } };

export type SoftDeleteNoteMutationVariables = Exact<{
  id: string;
}>;


export type SoftDeleteNoteMutation = { softDeleteNote: { id: string } };

export type RestoreNoteMutationVariables = Exact<{
  id: string;
}>;


export type RestoreNoteMutation = { restoreNote: { id: string } };

export type SimilarNotesQueryVariables = Exact<{
  id: string;
}>;


export type SimilarNotesQuery = { similarNotes: Array<{ similarity: number, note: { id: string, content: string } | null }> };

export type ProjectPeopleQueryVariables = Exact<{
  id: string;
}>;


export type ProjectPeopleQuery = { people: Array<{ userId: string, displayName: string | null, role: CollaboratorRole, isOwner: boolean }> };

export type ProjectComponentsSubscriptionVariables = Exact<{
  id: string;
}>;


export type ProjectComponentsSubscription = { live: { projectComponents: { totalCount: number, nodes: Array<{ id: string, name: string, componentType: ComponentType, isVisible: boolean, isLocked: boolean, updatedAt: string }> } } };

export type ProjectPresenceSubscriptionVariables = Exact<{
  channel: string;
}>;


export type ProjectPresenceSubscription = { presence: { complete: boolean, joins: Array<{ key: string, meta: unknown }>, leaves: Array<{ key: string }> } };

export type TrackPresenceMutationVariables = Exact<{
  channel: string;
  key: string;
  meta?: unknown;
}>;


export type TrackPresenceMutation = { trackPresence: { lastsMs: number } };

export type UntrackPresenceMutationVariables = Exact<{
  channel: string;
  key: string;
}>;


export type UntrackPresenceMutation = { untrackPresence: boolean };

export type MyInvitationsQueryVariables = Exact<{ [key: string]: never; }>;


export type MyInvitationsQuery = { myInvitations: Array<{ id: string, projectName: string, role: CollaboratorRole }> };

export type AcceptInvitationMutationVariables = Exact<{
  id: string;
}>;


export type AcceptInvitationMutation = { acceptInvitation: { id: string } };

export type DeclineInvitationMutationVariables = Exact<{
  id: string;
}>;


export type DeclineInvitationMutation = { declineInvitation: boolean };

export type InviteCollaboratorMutationVariables = Exact<{
  projectId: string;
  email: string;
  role: CollaboratorRole;
}>;


export type InviteCollaboratorMutation = { inviteCollaborator: { id: string } };

export type LeaveProjectMutationVariables = Exact<{
  id: string;
}>;


export type LeaveProjectMutation = { leaveProject: boolean };

export type SoftDeleteProjectMutationVariables = Exact<{
  id: string;
}>;


export type SoftDeleteProjectMutation = { softDeleteProject: { id: string } | null };

export type RenderTemplateQueryVariables = Exact<{
  template?: string | null | undefined;
  templateId?: string | null | undefined;
  framework?: string | null | undefined;
  variables: unknown;
}>;


export type RenderTemplateQuery = { renderTemplate: { text: string, missing: Array<string>, unknown: Array<string> } };

export type PromptsBeingWrittenSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PromptsBeingWrittenSubscription = { live: { jobs: { nodes: Array<{ id: string, payload: unknown, progress: number }> } } };

export type StopPromptMutationVariables = Exact<{
  id: string;
}>;


export type StopPromptMutation = { cancelJob: { id: string } };

export type RemovePromptEntryMutationVariables = Exact<{
  id: string;
}>;


export type RemovePromptEntryMutation = { deletePromptHistoryEntry: { id: string } | null };

export type RemovePromptGenerationMutationVariables = Exact<{
  id: string;
}>;


export type RemovePromptGenerationMutation = { deletePromptGeneration: { id: string } | null };

export type PromptMakingQueryVariables = Exact<{ [key: string]: never; }>;


export type PromptMakingQuery = { promptFrameworks: { nodes: Array<{ name: string, displayName: string, description: string, components: unknown, template: string, examples: unknown }> }, promptTemplates: { nodes: Array<{ id: string, name: string, frameworkId: string, templateContent: string, variables: unknown }> } };

export type GeneratePromptMutationVariables = Exact<{
  framework: string;
  input: string;
  variables?: unknown;
  templateId?: string | null | undefined;
  tone?: string | null | undefined;
  length?: string | null | undefined;
  vibeCoding: boolean;
  temperature?: number | null | undefined;
  maxTokens?: number | null | undefined;
  provider?: string | null | undefined;
  model?: string | null | undefined;
}>;


export type GeneratePromptMutation = { generatePrompt: { entry: { id: string } | null } };

export type ListenSubscriptionVariables = Exact<{
  channel: string;
  private: boolean;
}>;


export type ListenSubscription = { broadcast: { id: string | null, event: string, payload: unknown, bytes: string | null } };

export type WhoSubscriptionVariables = Exact<{
  channel: string;
  private: boolean;
}>;


export type WhoSubscription = { presence: { complete: boolean, joins: Array<{ key: string, meta: unknown }>, leaves: Array<{ key: string }> } };

export type SendBroadcastMutationVariables = Exact<{
  channel: string;
  event: string;
  payload: unknown;
  private: boolean;
}>;


export type SendBroadcastMutation = { sendBroadcast: boolean };

export type SettingsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SettingsSubscription = { live: { systemSettings: { maxProjectsPerUser: number, alerts: { connectionsPercent: number, databaseBytes: string, deadJobs: number, diskFreePercent: number, errorPercent: number, quotaPercent: number, slowStatementSeconds: number, slowStatements: number } | null, logging: { agentActivity: boolean, errors: boolean, userActivity: boolean, sampleRate: number, privacy: { anonymizeIp: boolean, messageContent: boolean, redactEmails: boolean, requestPath: boolean, userAgent: boolean }, retentionDays: { agentActivity: number, errors: number, measurements: number, userActivity: number } } | null }, featureFlags: Array<{ name: string, enabled: boolean }> } };

export type UpdateSettingsMutationVariables = Exact<{
  input: SystemSettingsInput;
}>;


export type UpdateSettingsMutation = { updateSystemSettings: { maxProjectsPerUser: number } };

export type SetFlagMutationVariables = Exact<{
  name: string;
  enabled: boolean;
}>;


export type SetFlagMutation = { setFeatureFlag: { name: string } };

export type DeleteFlagMutationVariables = Exact<{
  name: string;
}>;


export type DeleteFlagMutation = { deleteFeatureFlag: boolean };

export type UsageByDaySubscriptionVariables = Exact<{
  where: UsageLogWhere;
  from: string;
  to: string;
  timeZone: string;
}>;


export type UsageByDaySubscription = { live: { days: Array<{ count: number, group: { createdAt: string | null }, sum: { totalCost: string | null, totalTokens: string | null } }>, agents: Array<{ count: number, group: { agentType: AgentType | null }, sum: { totalCost: string | null, totalTokens: string | null } }>, models: Array<{ count: number, group: { modelUsed: string | null }, sum: { totalCost: string | null, totalTokens: string | null } }> } };

export type UsersQueryVariables = Exact<{
  search?: string | null | undefined;
  first: number;
  offset: number;
}>;


export type UsersQuery = { adminUsers: { totalCount: number, nodes: Array<{ id: string, email: string | null, isAnonymous: boolean, appMetadata: unknown, bannedUntil: string | null, emailConfirmedAt: string | null, lastSignInAt: string | null, createdAt: string }> } };

export type CreateUserMutationVariables = Exact<{
  input: AdminCreateUserInput;
}>;


export type CreateUserMutation = { adminCreateUser: { id: string } };

export type BanUserMutationVariables = Exact<{
  id: string;
  until?: string | null | undefined;
}>;


export type BanUserMutation = { adminBanUser: { id: string } };

export type SetUserRoleMutationVariables = Exact<{
  id: string;
  role?: string | null | undefined;
}>;


export type SetUserRoleMutation = { adminSetUserRole: { id: string } };

export type InviteUserMutationVariables = Exact<{
  email: string;
}>;


export type InviteUserMutation = { adminInviteUser: { id: string } };

export type ActAsMutationVariables = Exact<{
  id: string;
}>;


export type ActAsMutation = { adminActAs: { accessToken: string, expiresAt: string, user: { id: string, email: string | null, isAnonymous: boolean, appMetadata: unknown, userMetadata: unknown } } };

export type UserFactorsQueryVariables = Exact<{
  id: string;
}>;


export type UserFactorsQuery = { adminFactors: Array<{ id: string, type: FactorType, friendlyName: string, verifiedAt: string | null, createdAt: string }> };

export type RemoveUserFactorMutationVariables = Exact<{
  id: string;
  factorId: string;
}>;


export type RemoveUserFactorMutation = { adminRemoveFactor: boolean };

export type DeleteUserMutationVariables = Exact<{
  id: string;
}>;


export type DeleteUserMutation = { adminDeleteUser: { id: string } };

export type MyPlaceQueryVariables = Exact<{
  project: string;
}>;


export type MyPlaceQuery = { people: Array<{ userId: string, role: CollaboratorRole, isOwner: boolean }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ModelsToChooseDocument = new TypedDocumentString(`
    query ModelsToChoose {
  modelConfigs(
    first: 100
    where: {isActive: {eq: true}}
    orderBy: [{provider: ASC}, {name: ASC}]
  ) {
    nodes {
      modelId
      name
      provider
      isDefault
    }
  }
}
    `) as unknown as TypedDocumentString<ModelsToChooseQuery, ModelsToChooseQueryVariables>;
export const EnrollTotpDocument = new TypedDocumentString(`
    mutation EnrollTotp($friendlyName: String!) {
  enrollTotp(friendlyName: $friendlyName) {
    factorId
    secret
    qrCodeUrl
  }
}
    `) as unknown as TypedDocumentString<EnrollTotpMutation, EnrollTotpMutationVariables>;
export const VerifyFactorDocument = new TypedDocumentString(`
    mutation VerifyFactor($factorId: UUID!, $code: String!) {
  verifyTotp(factorId: $factorId, code: $code) {
    recoveryCodes
    session {
      accessToken
      refreshToken
      expiresAt
      user {
        id
        email
        isAnonymous
        appMetadata
        userMetadata
      }
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyFactorMutation, VerifyFactorMutationVariables>;
export const EnrollKeyDocument = new TypedDocumentString(`
    mutation EnrollKey($friendlyName: String!) {
  enrollWebauthn(friendlyName: $friendlyName) {
    id
  }
}
    `) as unknown as TypedDocumentString<EnrollKeyMutation, EnrollKeyMutationVariables>;
export const AskForKeyDocument = new TypedDocumentString(`
    mutation AskForKey($factorId: UUID!) {
  challengeFactor(factorId: $factorId) {
    challengeId
    options
  }
}
    `) as unknown as TypedDocumentString<AskForKeyMutation, AskForKeyMutationVariables>;
export const VerifyKeyDocument = new TypedDocumentString(`
    mutation VerifyKey($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) {
  verifyWebauthn(
    factorId: $factorId
    challengeId: $challengeId
    credential: $credential
  ) {
    recoveryCodes
    session {
      accessToken
      refreshToken
      expiresAt
      user {
        id
        email
        isAnonymous
        appMetadata
        userMetadata
      }
    }
  }
}
    `) as unknown as TypedDocumentString<VerifyKeyMutation, VerifyKeyMutationVariables>;
export const GiveUpFactorDocument = new TypedDocumentString(`
    mutation GiveUpFactor($factorId: UUID!) {
  unenrollFactor(factorId: $factorId)
}
    `) as unknown as TypedDocumentString<GiveUpFactorMutation, GiveUpFactorMutationVariables>;
export const MyFactorsDocument = new TypedDocumentString(`
    query MyFactors {
  factors {
    id
    type
    friendlyName
    verifiedAt
    createdAt
  }
}
    `) as unknown as TypedDocumentString<MyFactorsQuery, MyFactorsQueryVariables>;
export const UnenrollFactorDocument = new TypedDocumentString(`
    mutation UnenrollFactor($factorId: UUID!) {
  unenrollFactor(factorId: $factorId)
}
    `) as unknown as TypedDocumentString<UnenrollFactorMutation, UnenrollFactorMutationVariables>;
export const NewRecoveryCodesDocument = new TypedDocumentString(`
    mutation NewRecoveryCodes {
  regenerateRecoveryCodes
}
    `) as unknown as TypedDocumentString<NewRecoveryCodesMutation, NewRecoveryCodesMutationVariables>;
export const MyKeysDocument = new TypedDocumentString(`
    subscription MyKeys {
  live {
    apiConfigurations(first: 20) {
      nodes {
        id
        provider
        apiKeyHint
        isActive
        isValidated
        validationError
        lastUsedAt
      }
    }
    apiProviders(
      first: 20
      where: {isEnabled: {eq: true}}
      orderBy: [{displayName: ASC}]
    ) {
      nodes {
        name
        displayName
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MyKeysSubscription, MyKeysSubscriptionVariables>;
export const SaveKeyDocument = new TypedDocumentString(`
    mutation SaveKey($provider: String!, $apiKey: String!) {
  saveApiConfiguration(provider: $provider, apiKey: $apiKey) {
    id
  }
}
    `) as unknown as TypedDocumentString<SaveKeyMutation, SaveKeyMutationVariables>;
export const TryKeyDocument = new TypedDocumentString(`
    mutation TryKey($provider: String!) {
  validateApiConfiguration(provider: $provider) {
    id
  }
}
    `) as unknown as TypedDocumentString<TryKeyMutation, TryKeyMutationVariables>;
export const RemoveKeyDocument = new TypedDocumentString(`
    mutation RemoveKey($id: UUID!) {
  deleteApiConfiguration(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveKeyMutation, RemoveKeyMutationVariables>;
export const MyPasskeysDocument = new TypedDocumentString(`
    query MyPasskeys {
  passkeys {
    id
    friendlyName
    createdAt
    lastUsedAt
  }
}
    `) as unknown as TypedDocumentString<MyPasskeysQuery, MyPasskeysQueryVariables>;
export const BeginPasskeyRegistrationDocument = new TypedDocumentString(`
    mutation BeginPasskeyRegistration {
  beginPasskeyRegistration {
    challengeId
    options
  }
}
    `) as unknown as TypedDocumentString<BeginPasskeyRegistrationMutation, BeginPasskeyRegistrationMutationVariables>;
export const FinishPasskeyRegistrationDocument = new TypedDocumentString(`
    mutation FinishPasskeyRegistration($challengeId: UUID!, $credential: JSON!, $friendlyName: String) {
  finishPasskeyRegistration(
    challengeId: $challengeId
    credential: $credential
    friendlyName: $friendlyName
  ) {
    id
  }
}
    `) as unknown as TypedDocumentString<FinishPasskeyRegistrationMutation, FinishPasskeyRegistrationMutationVariables>;
export const RenamePasskeyDocument = new TypedDocumentString(`
    mutation RenamePasskey($id: UUID!, $friendlyName: String!) {
  renamePasskey(id: $id, friendlyName: $friendlyName) {
    id
  }
}
    `) as unknown as TypedDocumentString<RenamePasskeyMutation, RenamePasskeyMutationVariables>;
export const RemovePasskeyDocument = new TypedDocumentString(`
    mutation RemovePasskey($id: UUID!) {
  removePasskey(id: $id)
}
    `) as unknown as TypedDocumentString<RemovePasskeyMutation, RemovePasskeyMutationVariables>;
export const MailReauthenticationCodeDocument = new TypedDocumentString(`
    mutation MailReauthenticationCode {
  requestReauthentication
}
    `) as unknown as TypedDocumentString<MailReauthenticationCodeMutation, MailReauthenticationCodeMutationVariables>;
export const MeDocument = new TypedDocumentString(`
    query Me {
  me {
    id
    email
    isAnonymous
    userMetadata
    createdAt
  }
}
    `) as unknown as TypedDocumentString<MeQuery, MeQueryVariables>;
export const UpdateAccountDocument = new TypedDocumentString(`
    mutation UpdateAccount($input: UpdateAccountInput!) {
  updateAccount(input: $input) {
    id
  }
}
    `) as unknown as TypedDocumentString<UpdateAccountMutation, UpdateAccountMutationVariables>;
export const SessionsDocument = new TypedDocumentString(`
    query Sessions {
  sessions {
    id
    userAgent
    ip
    createdAt
    refreshedAt
    isCurrent
    aal
  }
}
    `) as unknown as TypedDocumentString<SessionsQuery, SessionsQueryVariables>;
export const RevokeSessionDocument = new TypedDocumentString(`
    mutation RevokeSession($id: UUID!) {
  revokeSession(id: $id)
}
    `) as unknown as TypedDocumentString<RevokeSessionMutation, RevokeSessionMutationVariables>;
export const EndOtherSessionsDocument = new TypedDocumentString(`
    mutation EndOtherSessions {
  signOut(scope: OTHERS)
}
    `) as unknown as TypedDocumentString<EndOtherSessionsMutation, EndOtherSessionsMutationVariables>;
export const ExportMyDataDocument = new TypedDocumentString(`
    query ExportMyData {
  exportMyData
}
    `) as unknown as TypedDocumentString<ExportMyDataQuery, ExportMyDataQueryVariables>;
export const DeleteAccountDocument = new TypedDocumentString(`
    mutation DeleteAccount($currentPassword: String, $code: String) {
  deleteAccount(currentPassword: $currentPassword, code: $code)
}
    `) as unknown as TypedDocumentString<DeleteAccountMutation, DeleteAccountMutationVariables>;
export const ArtifactVersionsDocument = new TypedDocumentString(`
    subscription ArtifactVersions($id: UUID!) {
  live {
    artifacts(where: {id: {eq: $id}}, orderBy: [{versionNumber: DESC}], first: 100) {
      nodes {
        id
        versionNumber
        title
        content
        createdAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ArtifactVersionsSubscription, ArtifactVersionsSubscriptionVariables>;
export const RevertArtifactDocument = new TypedDocumentString(`
    mutation RevertArtifact($id: UUID!, $toVersion: Int!) {
  revertArtifact(id: $id, toVersion: $toVersion) {
    versionNumber
  }
}
    `) as unknown as TypedDocumentString<RevertArtifactMutation, RevertArtifactMutationVariables>;
export const MyAccessTokensDocument = new TypedDocumentString(`
    query MyAccessTokens {
  personalAccessTokens {
    id
    name
    scopes
    createdAt
    expiresAt
    lastUsedAt
    isExpired
  }
}
    `) as unknown as TypedDocumentString<MyAccessTokensQuery, MyAccessTokensQueryVariables>;
export const CreateAccessTokenDocument = new TypedDocumentString(`
    mutation CreateAccessToken($name: String!, $scopes: [PersonalAccessTokenScope!]!, $expiresInDays: Int!) {
  createPersonalAccessToken(
    name: $name
    scopes: $scopes
    expiresInDays: $expiresInDays
  ) {
    token
    personalAccessToken {
      name
      expiresAt
    }
  }
}
    `) as unknown as TypedDocumentString<CreateAccessTokenMutation, CreateAccessTokenMutationVariables>;
export const RevokeAccessTokenDocument = new TypedDocumentString(`
    mutation RevokeAccessToken($id: UUID!) {
  revokePersonalAccessToken(id: $id)
}
    `) as unknown as TypedDocumentString<RevokeAccessTokenMutation, RevokeAccessTokenMutationVariables>;
export const FollowAnswerDocument = new TypedDocumentString(`
    subscription FollowAnswer($streamId: UUID!) {
  chatStream(streamId: $streamId, after: 0) {
    offset
    kind
    text
    from
    toolName
    isError
    error {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<FollowAnswerSubscription, FollowAnswerSubscriptionVariables>;
export const StopStreamDocument = new TypedDocumentString(`
    mutation StopStream($id: UUID!) {
  stopStream(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<StopStreamMutation, StopStreamMutationVariables>;
export const FilesToAttachDocument = new TypedDocumentString(`
    query FilesToAttach($objects: ObjectWhere!, $recordings: AudioRecordingWhere!) {
  objects(first: 50, where: $objects, orderBy: [{updatedAt: DESC}]) {
    nodes {
      id
      name
      metadata
    }
  }
  audioRecordings(first: 20, where: $recordings, orderBy: [{createdAt: DESC}]) {
    nodes {
      id
      fileName
      sizeBytes
    }
  }
}
    `) as unknown as TypedDocumentString<FilesToAttachQuery, FilesToAttachQueryVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($chatId: UUID, $parts: JSON!, $attachments: [ChatAttachmentInput!], $options: AnswerOptions) {
  sendMessage(
    chatId: $chatId
    parts: $parts
    attachments: $attachments
    options: $options
  ) {
    streamId
    chat {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const ChatMessagesDocument = new TypedDocumentString(`
    subscription ChatMessages($chatId: UUID!) {
  live {
    messages(
      where: {chatId: {eq: $chatId}, isCurrent: {eq: true}}
      orderBy: [{createdAt: ASC}]
      first: 200
    ) {
      nodes {
        id
        role
        parts
        attachments
        attachmentUrls(expiresIn: 86400)
        modelUsed
        inputTokens
        outputTokens
        cost
        createdAt
        parentId
        streams(first: 1, orderBy: [{createdAt: DESC}]) {
          nodes {
            id
            status
            errorMessage
            endedAt
          }
        }
      }
    }
    chat(id: $chatId) {
      tree: messages(first: 500, orderBy: [{createdAt: ASC}]) {
        nodes {
          id
          parentId
          role
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ChatMessagesSubscription, ChatMessagesSubscriptionVariables>;
export const EditMessageDocument = new TypedDocumentString(`
    mutation EditMessage($id: UUID!, $parts: JSON!, $options: AnswerOptions) {
  editMessage(id: $id, parts: $parts, options: $options) {
    streamId
  }
}
    `) as unknown as TypedDocumentString<EditMessageMutation, EditMessageMutationVariables>;
export const RegenerateMessageDocument = new TypedDocumentString(`
    mutation RegenerateMessage($id: UUID!, $options: AnswerOptions) {
  regenerateMessage(id: $id, options: $options) {
    streamId
  }
}
    `) as unknown as TypedDocumentString<RegenerateMessageMutation, RegenerateMessageMutationVariables>;
export const ShowBranchDocument = new TypedDocumentString(`
    mutation ShowBranch($id: UUID!) {
  showBranch(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<ShowBranchMutation, ShowBranchMutationVariables>;
export const AnswerToolRequestDocument = new TypedDocumentString(`
    mutation AnswerToolRequest($messageId: UUID!, $toolCallId: String!, $approved: Boolean!) {
  answerToolRequest(
    messageId: $messageId
    toolCallId: $toolCallId
    approved: $approved
  ) {
    streamId
  }
}
    `) as unknown as TypedDocumentString<AnswerToolRequestMutation, AnswerToolRequestMutationVariables>;
export const LikenessDocument = new TypedDocumentString(`
    query Likeness($l0: UUID!, $l1: UUID!, $l2: UUID!, $l3: UUID!, $l4: UUID!, $l5: UUID!, $l6: UUID!, $l7: UUID!, $l8: UUID!, $l9: UUID!, $l10: UUID!, $l11: UUID!, $l12: UUID!, $l13: UUID!, $l14: UUID!, $l15: UUID!, $l16: UUID!, $l17: UUID!, $l18: UUID!, $l19: UUID!, $l20: UUID!, $l21: UUID!, $l22: UUID!, $l23: UUID!) {
  l0: similarNotes(noteId: $l0, first: 150) {
    similarity
    note {
      id
    }
  }
  l1: similarNotes(noteId: $l1, first: 150) {
    similarity
    note {
      id
    }
  }
  l2: similarNotes(noteId: $l2, first: 150) {
    similarity
    note {
      id
    }
  }
  l3: similarNotes(noteId: $l3, first: 150) {
    similarity
    note {
      id
    }
  }
  l4: similarNotes(noteId: $l4, first: 150) {
    similarity
    note {
      id
    }
  }
  l5: similarNotes(noteId: $l5, first: 150) {
    similarity
    note {
      id
    }
  }
  l6: similarNotes(noteId: $l6, first: 150) {
    similarity
    note {
      id
    }
  }
  l7: similarNotes(noteId: $l7, first: 150) {
    similarity
    note {
      id
    }
  }
  l8: similarNotes(noteId: $l8, first: 150) {
    similarity
    note {
      id
    }
  }
  l9: similarNotes(noteId: $l9, first: 150) {
    similarity
    note {
      id
    }
  }
  l10: similarNotes(noteId: $l10, first: 150) {
    similarity
    note {
      id
    }
  }
  l11: similarNotes(noteId: $l11, first: 150) {
    similarity
    note {
      id
    }
  }
  l12: similarNotes(noteId: $l12, first: 150) {
    similarity
    note {
      id
    }
  }
  l13: similarNotes(noteId: $l13, first: 150) {
    similarity
    note {
      id
    }
  }
  l14: similarNotes(noteId: $l14, first: 150) {
    similarity
    note {
      id
    }
  }
  l15: similarNotes(noteId: $l15, first: 150) {
    similarity
    note {
      id
    }
  }
  l16: similarNotes(noteId: $l16, first: 150) {
    similarity
    note {
      id
    }
  }
  l17: similarNotes(noteId: $l17, first: 150) {
    similarity
    note {
      id
    }
  }
  l18: similarNotes(noteId: $l18, first: 150) {
    similarity
    note {
      id
    }
  }
  l19: similarNotes(noteId: $l19, first: 150) {
    similarity
    note {
      id
    }
  }
  l20: similarNotes(noteId: $l20, first: 150) {
    similarity
    note {
      id
    }
  }
  l21: similarNotes(noteId: $l21, first: 150) {
    similarity
    note {
      id
    }
  }
  l22: similarNotes(noteId: $l22, first: 150) {
    similarity
    note {
      id
    }
  }
  l23: similarNotes(noteId: $l23, first: 150) {
    similarity
    note {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<LikenessQuery, LikenessQueryVariables>;
export const NotesToMapDocument = new TypedDocumentString(`
    query NotesToMap {
  notes(
    first: 400
    where: {deletedAt: {isNull: true}}
    orderBy: [{updatedAt: DESC}]
  ) {
    totalCount
    nodes {
      id
      content
      clusterId
      noteSuggestions(
        first: 1
        where: {refusedAt: {isNull: true}}
        orderBy: [{similarity: DESC}]
      ) {
        nodes {
          clusterId
        }
      }
    }
  }
  clusters(
    first: 200
    where: {dismissedAt: {isNull: true}}
    orderBy: [{title: ASC}]
  ) {
    nodes {
      id
      title
      status
    }
  }
}
    `) as unknown as TypedDocumentString<NotesToMapQuery, NotesToMapQueryVariables>;
export const NotesSuggestedForDocument = new TypedDocumentString(`
    query NotesSuggestedFor($id: UUID!) {
  noteSuggestions(
    first: 200
    where: {clusterId: {eq: $id}, refusedAt: {isNull: true}}
  ) {
    pageInfo {
      hasNextPage
    }
    nodes {
      noteId
    }
  }
}
    `) as unknown as TypedDocumentString<NotesSuggestedForQuery, NotesSuggestedForQueryVariables>;
export const MergeSuggestedDocument = new TypedDocumentString(`
    mutation MergeSuggested($id: UUID!, $into: UUID!, $noteIds: [UUID!]!, $atMost: Int!) {
  updateNotes(
    where: {id: {in: $noteIds}, clusterId: {isNull: true}}
    set: {clusterId: $into}
    atMost: $atMost
  ) {
    affectedCount
  }
  dismissCluster(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<MergeSuggestedMutation, MergeSuggestedMutationVariables>;
export const MergeOwnDocument = new TypedDocumentString(`
    mutation MergeOwn($id: UUID!, $into: UUID!, $atMost: Int!) {
  updateNotes(
    where: {clusterId: {eq: $id}}
    set: {clusterId: $into}
    atMost: $atMost
  ) {
    affectedCount
  }
  deleteCluster(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<MergeOwnMutation, MergeOwnMutationVariables>;
export const MyClustersDocument = new TypedDocumentString(`
    subscription MyClusters {
  live {
    clusters(
      first: 100
      orderBy: [{updatedAt: DESC}]
      where: {dismissedAt: {isNull: true}}
    ) {
      nodes {
        id
        title
        description
        status
        themeKeywords
        activeNoteCount
        acceptedAt
        noteSuggestions(first: 4, where: {refusedAt: {isNull: true}}) {
          totalCount
          nodes {
            noteId
            similarity
            note {
              id
              content
            }
          }
        }
      }
    }
    jobs(
      first: 1
      where: {jobType: {eq: "clusters.suggest"}, status: {in: [PENDING, PROCESSING]}}
    ) {
      nodes {
        id
        progress
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MyClustersSubscription, MyClustersSubscriptionVariables>;
export const SuggestClustersDocument = new TypedDocumentString(`
    mutation SuggestClusters {
  suggestClusters {
    id
  }
}
    `) as unknown as TypedDocumentString<SuggestClustersMutation, SuggestClustersMutationVariables>;
export const AcceptClusterDocument = new TypedDocumentString(`
    mutation AcceptCluster($id: UUID!) {
  acceptCluster(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<AcceptClusterMutation, AcceptClusterMutationVariables>;
export const DismissClusterDocument = new TypedDocumentString(`
    mutation DismissCluster($id: UUID!) {
  dismissCluster(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<DismissClusterMutation, DismissClusterMutationVariables>;
export const AcceptNoteDocument = new TypedDocumentString(`
    mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) {
  acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) {
    id
  }
}
    `) as unknown as TypedDocumentString<AcceptNoteMutation, AcceptNoteMutationVariables>;
export const RefuseNoteDocument = new TypedDocumentString(`
    mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) {
  refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) {
    noteId
  }
}
    `) as unknown as TypedDocumentString<RefuseNoteMutation, RefuseNoteMutationVariables>;
export const NotesInClusterDocument = new TypedDocumentString(`
    subscription NotesInCluster($id: UUID!) {
  live {
    notes(
      first: 100
      where: {clusterId: {eq: $id}, deletedAt: {isNull: true}}
      orderBy: [{updatedAt: DESC}]
    ) {
      nodes {
        id
        content
        tags
        updatedAt
        wordCount
        cluster {
          id
          title
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<NotesInClusterSubscription, NotesInClusterSubscriptionVariables>;
export const ConfigurationHistoryDocument = new TypedDocumentString(`
    subscription ConfigurationHistory($table: ConfigurationTable, $entry: UUID) {
  live {
    configurationHistory(table: $table, entry: $entry, first: 30) {
      id
      at
      actorEmail
      byProgram
      act
      name
      canPutBack
      fields {
        field
        before
        after
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ConfigurationHistorySubscription, ConfigurationHistorySubscriptionVariables>;
export const PutBackConfigurationDocument = new TypedDocumentString(`
    mutation PutBackConfiguration($change: UUID!) {
  putBackConfiguration(change: $change)
}
    `) as unknown as TypedDocumentString<PutBackConfigurationMutation, PutBackConfigurationMutationVariables>;
export const DatabaseWaitsDocument = new TypedDocumentString(`
    query DatabaseWaits {
  databaseWaits {
    lock
    since
    waiting {
      pid
      role
      application
      state
      since
      statement
    }
    blocking {
      pid
      role
      application
      state
      since
      statement
    }
  }
}
    `) as unknown as TypedDocumentString<DatabaseWaitsQuery, DatabaseWaitsQueryVariables>;
export const SlowStatementsDocument = new TypedDocumentString(`
    query SlowStatements($orderBy: StatementOrder!) {
  slowStatements(orderBy: $orderBy, first: 30) {
    missing
    statements {
      statement
      role
      calls
      totalMs
      meanMs
      maxMs
      rows
      blocksHit
      blocksRead
    }
  }
}
    `) as unknown as TypedDocumentString<SlowStatementsQuery, SlowStatementsQueryVariables>;
export const IndexStatsDocument = new TypedDocumentString(`
    query IndexStats {
  indexStats {
    table
    index
    sizeBytes
    scans
    lastUsed
    isUnique
    isValid
  }
}
    `) as unknown as TypedDocumentString<IndexStatsQuery, IndexStatsQueryVariables>;
export const DatabaseStatsDocument = new TypedDocumentString(`
    query DatabaseStats {
  databaseStats {
    table
    rowEstimate
    tableBytes
    indexBytes
    totalBytes
    deadRows
    sequentialScans
    indexScans
    lastVacuum
  }
  healthCheck {
    name
    status
    problems
    details
  }
}
    `) as unknown as TypedDocumentString<DatabaseStatsQuery, DatabaseStatsQueryVariables>;
export const IntegrityCheckDocument = new TypedDocumentString(`
    query IntegrityCheck {
  integrityCheck {
    name
    status
    problems
    details
  }
}
    `) as unknown as TypedDocumentString<IntegrityCheckQuery, IntegrityCheckQueryVariables>;
export const SecurityAuditDocument = new TypedDocumentString(`
    query SecurityAudit {
  securityAudit {
    severity
    object
    finding
  }
}
    `) as unknown as TypedDocumentString<SecurityAuditQuery, SecurityAuditQueryVariables>;
export const AnalyzeTablesDocument = new TypedDocumentString(`
    mutation AnalyzeTables {
  analyzeTables {
    table
  }
}
    `) as unknown as TypedDocumentString<AnalyzeTablesMutation, AnalyzeTablesMutationVariables>;
export const DocumentAroundDocument = new TypedDocumentString(`
    subscription DocumentAround($id: UUID!, $versions: DocumentWhere!) {
  live {
    documentSources(
      first: 200
      where: {documentId: {eq: $id}}
      orderBy: [{position: ASC}]
    ) {
      totalCount
      nodes {
        position
        isUsed
        noteId
        note {
          id
          content
        }
      }
    }
    documents(
      first: 50
      where: $versions
      orderBy: [{version: DESC}, {createdAt: DESC}]
    ) {
      nodes {
        id
        title
        version
        createdAt
        generationState
        content
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DocumentAroundSubscription, DocumentAroundSubscriptionVariables>;
export const StopDocumentDocument = new TypedDocumentString(`
    mutation StopDocument($id: UUID!) {
  cancelJob(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<StopDocumentMutation, StopDocumentMutationVariables>;
export const RemoveDocumentDocument = new TypedDocumentString(`
    mutation RemoveDocument($id: UUID!) {
  deleteDocument(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemoveDocumentMutation, RemoveDocumentMutationVariables>;
export const ClustersToWriteOfDocument = new TypedDocumentString(`
    query ClustersToWriteOf {
  clusters(
    first: 200
    where: {dismissedAt: {isNull: true}}
    orderBy: [{updatedAt: DESC}]
  ) {
    nodes {
      id
      title
      status
      activeNoteCount
      noteSuggestions(first: 1) {
        totalCount
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ClustersToWriteOfQuery, ClustersToWriteOfQueryVariables>;
export const NotesToWriteOfDocument = new TypedDocumentString(`
    query NotesToWriteOf($where: NoteWhere!) {
  notes(first: 40, where: $where, orderBy: [{updatedAt: DESC}]) {
    nodes {
      id
      content
    }
  }
}
    `) as unknown as TypedDocumentString<NotesToWriteOfQuery, NotesToWriteOfQueryVariables>;
export const GenerateDocumentDocument = new TypedDocumentString(`
    mutation GenerateDocument($clusterId: UUID, $noteIds: [UUID!], $parentDocumentId: UUID, $title: String, $format: DocumentFormat!, $instructions: String, $provider: String, $model: String) {
  generateDocument(
    clusterId: $clusterId
    noteIds: $noteIds
    parentDocumentId: $parentDocumentId
    title: $title
    format: $format
    instructions: $instructions
    provider: $provider
    model: $model
  ) {
    document {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<GenerateDocumentMutation, GenerateDocumentMutationVariables>;
export const OneFeedbackDocument = new TypedDocumentString(`
    subscription OneFeedback($id: UUID!) {
  live {
    feedback(id: $id) {
      id
      message
      feedbackType
      status
      priority
      rating
      contactName
      contactEmail
      createdAt
      respondedAt
      adminResponse
      user {
        displayName
        email
      }
      admin {
        displayName
        email
      }
      category {
        name
      }
      tagLinks(first: 50) {
        nodes {
          tagId
        }
      }
    }
    feedbackTags(first: 100, where: {isActive: {eq: true}}, orderBy: [{name: ASC}]) {
      nodes {
        id
        name
        color
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OneFeedbackSubscription, OneFeedbackSubscriptionVariables>;
export const AnswerFeedbackDocument = new TypedDocumentString(`
    mutation AnswerFeedback($id: UUID!, $set: FeedbackSet!) {
  updateFeedback(id: $id, set: $set) {
    id
  }
}
    `) as unknown as TypedDocumentString<AnswerFeedbackMutation, AnswerFeedbackMutationVariables>;
export const TagFeedbackDocument = new TypedDocumentString(`
    mutation TagFeedback($input: FeedbackTagLinkInput!) {
  createFeedbackTagLink(input: $input) {
    tagId
  }
}
    `) as unknown as TypedDocumentString<TagFeedbackMutation, TagFeedbackMutationVariables>;
export const UntagFeedbackDocument = new TypedDocumentString(`
    mutation UntagFeedback($feedbackId: UUID!, $tagId: UUID!) {
  deleteFeedbackTagLink(feedbackId: $feedbackId, tagId: $tagId) {
    tagId
  }
}
    `) as unknown as TypedDocumentString<UntagFeedbackMutation, UntagFeedbackMutationVariables>;
export const FeedbackFiguresDocument = new TypedDocumentString(`
    query FeedbackFigures($where: FeedbackWhere!, $answered: FeedbackWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!, $since: Date!) {
  days: feedbacksAggregate(
    where: $where
    groupBy: [{column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: {from: $from, to: $to}}]
    first: 100
  ) {
    count
    group {
      createdAt
    }
    avg {
      rating
    }
  }
  all: feedbacksAggregate(where: $where) {
    count
    avg {
      rating
    }
  }
  answered: feedbacksAggregate(where: $answered) {
    count
  }
  types: feedbacksAggregate(
    where: $where
    groupBy: [{column: FEEDBACK_TYPE}]
    first: 20
  ) {
    count
    group {
      feedbackType
    }
    avg {
      rating
    }
  }
  states: feedbacksAggregate(
    where: $where
    groupBy: [{column: STATUS}]
    first: 20
  ) {
    count
    group {
      status
    }
  }
  priorities: feedbacksAggregate(
    where: $where
    groupBy: [{column: PRIORITY}]
    first: 20
  ) {
    count
    group {
      priority
    }
  }
  ratings: feedbacksAggregate(
    where: $where
    groupBy: [{column: RATING}]
    first: 20
  ) {
    count
    group {
      rating
    }
  }
  kinds: feedbacksAggregate(
    where: $where
    groupBy: [{column: CATEGORY_ID}]
    first: 50
  ) {
    count
    group {
      categoryId
    }
  }
  feedbackCategories(first: 100) {
    nodes {
      id
      name
    }
  }
  feedbackTags(first: 100) {
    nodes {
      id
      name
      feedbackLinks(first: 1, where: {feedback: $where}) {
        totalCount
      }
    }
  }
  feedbackDays(first: 100, where: {date: {gte: $since}}, orderBy: [{date: ASC}]) {
    nodes {
      date
      avgResponseTimeHours
    }
  }
}
    `) as unknown as TypedDocumentString<FeedbackFiguresQuery, FeedbackFiguresQueryVariables>;
export const BucketCountDocument = new TypedDocumentString(`
    query BucketCount($bucket: String!) {
  objects(where: {bucketId: {eq: $bucket}, version: {isNull: false}}, first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<BucketCountQuery, BucketCountQueryVariables>;
export const OneFileDocument = new TypedDocumentString(`
    subscription OneFile($where: ObjectWhere!) {
  live {
    objects(where: $where, first: 1) {
      nodes {
        id
        name
        bucketId
        metadata
        userMetadata
        createdAt
        updatedAt
        lastAccessedAt
        uploader {
          displayName
          email
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OneFileSubscription, OneFileSubscriptionVariables>;
export const SignFileDocument = new TypedDocumentString(`
    mutation SignFile($bucket: String!, $name: String!, $expiresIn: Int!, $download: String) {
  createSignedUrl(
    bucket: $bucket
    name: $name
    expiresIn: $expiresIn
    download: $download
  ) {
    url
  }
}
    `) as unknown as TypedDocumentString<SignFileMutation, SignFileMutationVariables>;
export const MoveFileDocument = new TypedDocumentString(`
    mutation MoveFile($id: UUID!, $set: ObjectSet!) {
  updateObject(id: $id, set: $set) {
    id
  }
}
    `) as unknown as TypedDocumentString<MoveFileMutation, MoveFileMutationVariables>;
export const FileChangesDocument = new TypedDocumentString(`
    subscription FileChanges($where: ObjectWhere) {
  objectsChanges(where: $where) {
    operation
  }
}
    `) as unknown as TypedDocumentString<FileChangesSubscription, FileChangesSubscriptionVariables>;
export const FindFilesDocument = new TypedDocumentString(`
    subscription FindFiles($where: ObjectWhere!) {
  live {
    objects(where: $where, first: 200, orderBy: [{updatedAt: DESC}]) {
      totalCount
      nodes {
        id
        name
        metadata
        updatedAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FindFilesSubscription, FindFilesSubscriptionVariables>;
export const RemoveFilesDocument = new TypedDocumentString(`
    mutation RemoveFiles($where: ObjectWhere!) {
  deleteObjects(where: $where, atMost: 10000) {
    affectedCount
  }
}
    `) as unknown as TypedDocumentString<RemoveFilesMutation, RemoveFilesMutationVariables>;
export const FileBucketsDocument = new TypedDocumentString(`
    subscription FileBuckets {
  live {
    buckets(first: 100, orderBy: [{name: ASC}]) {
      nodes {
        id
        name
        public
        fileSizeLimit
        allowedMimeTypes
        createdAt
      }
    }
    projects(
      first: 100
      where: {deletedAt: {isNull: true}}
      orderBy: [{updatedAt: DESC}]
    ) {
      nodes {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FileBucketsSubscription, FileBucketsSubscriptionVariables>;
export const CountPeopleDocument = new TypedDocumentString(`
    query CountPeople {
  adminUsers(first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<CountPeopleQuery, CountPeopleQueryVariables>;
export const LoadDemoDataDocument = new TypedDocumentString(`
    mutation LoadDemoData {
  loadDemoData {
    rows
    email
    adminEmail
    password
  }
}
    `) as unknown as TypedDocumentString<LoadDemoDataMutation, LoadDemoDataMutationVariables>;
export const ServerMetricsDocument = new TypedDocumentString(`
    subscription ServerMetrics {
  serverMetrics {
    server
    at
    operations
    errors
    p50Ms
    p99Ms
    changes
    changesDelivered
    jobsBegun
    jobsEnded
    sockets
    subscriptions
    requestsWaiting
    connectionsUsed
    connections
    unreadBytes
    memoryBytes
  }
}
    `) as unknown as TypedDocumentString<ServerMetricsSubscription, ServerMetricsSubscriptionVariables>;
export const ServerNowDocument = new TypedDocumentString(`
    subscription ServerNow {
  live {
    healthReport {
      openAlerts
      figures {
        kind
        subject
        value
        unit
        threshold
        details
        alerting
      }
    }
    jobsAggregate(groupBy: [{column: STATUS}]) {
      count
      group {
        status
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ServerNowSubscription, ServerNowSubscriptionVariables>;
export const ServerMinutesDocument = new TypedDocumentString(`
    subscription ServerMinutes($since: DateTime!) {
  live {
    performanceMetricsAggregate(
      where: {recordedAt: {gte: $since}, metricType: {in: [QUERY, REQUEST]}}
      groupBy: [{column: RECORDED_AT, truncate: MINUTE}]
      first: 70
    ) {
      group {
        recordedAt
      }
      sum {
        sampleCount
        errorCount
      }
      avg {
        p50Ms
        p95Ms
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ServerMinutesSubscription, ServerMinutesSubscriptionVariables>;
export const MyWorkspaceDocument = new TypedDocumentString(`
    subscription MyWorkspace($me: UUID!) {
  live {
    notes(
      first: 5
      where: {deletedAt: {isNull: true}}
      orderBy: [{updatedAt: DESC}]
    ) {
      totalCount
      nodes {
        id
        content
        tags
        updatedAt
        wordCount
        cluster {
          id
          title
        }
      }
    }
    clusters(first: 1) {
      totalCount
    }
    documents(first: 1) {
      totalCount
    }
    chats(first: 1, where: {userId: {eq: $me}}) {
      totalCount
    }
    artifacts(first: 1) {
      totalCount
    }
    projects(first: 1, where: {deletedAt: {isNull: true}}) {
      totalCount
    }
  }
}
    `) as unknown as TypedDocumentString<MyWorkspaceSubscription, MyWorkspaceSubscriptionVariables>;
export const MyInsightsDocument = new TypedDocumentString(`
    subscription MyInsights {
  live {
    insights(first: 104, orderBy: [{weekStart: DESC}]) {
      nodes {
        id
        title
        content
        weekStart
        weekEnd
        generatedAt
        generationMetadata
      }
    }
    jobs(
      first: 3
      where: {jobType: {eq: "insights.write"}}
      orderBy: [{createdAt: DESC}]
    ) {
      nodes {
        id
        status
        progress
        error
        result
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MyInsightsSubscription, MyInsightsSubscriptionVariables>;
export const GenerateWeeklyInsightDocument = new TypedDocumentString(`
    mutation GenerateWeeklyInsight($week: Date, $provider: String, $model: String) {
  generateWeeklyInsight(week: $week, provider: $provider, model: $model) {
    id
  }
}
    `) as unknown as TypedDocumentString<GenerateWeeklyInsightMutation, GenerateWeeklyInsightMutationVariables>;
export const RetryJobDocument = new TypedDocumentString(`
    mutation RetryJob($id: UUID!) {
  retryJob(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RetryJobMutation, RetryJobMutationVariables>;
export const CancelJobDocument = new TypedDocumentString(`
    mutation CancelJob($id: UUID!) {
  cancelJob(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<CancelJobMutation, CancelJobMutationVariables>;
export const SchedulesDocument = new TypedDocumentString(`
    subscription Schedules {
  live {
    jobSchedules(first: 100, orderBy: [{name: ASC}]) {
      nodes {
        name
        cron
        timeZone
        isEnabled
        lastRunAt
        nextRunAt
        error
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SchedulesSubscription, SchedulesSubscriptionVariables>;
export const RunScheduleDocument = new TypedDocumentString(`
    mutation RunSchedule($name: String!) {
  runSchedule(name: $name) {
    id
  }
}
    `) as unknown as TypedDocumentString<RunScheduleMutation, RunScheduleMutationVariables>;
export const SetScheduleEnabledDocument = new TypedDocumentString(`
    mutation SetScheduleEnabled($name: String!, $isEnabled: Boolean!) {
  updateSchedule(name: $name, isEnabled: $isEnabled) {
    name
  }
}
    `) as unknown as TypedDocumentString<SetScheduleEnabledMutation, SetScheduleEnabledMutationVariables>;
export const ResolveErrorDocument = new TypedDocumentString(`
    mutation ResolveError($id: UUID!, $resolved: Boolean!, $notes: String) {
  updateErrorLog(id: $id, set: {resolved: $resolved, resolutionNotes: $notes}) {
    id
  }
}
    `) as unknown as TypedDocumentString<ResolveErrorMutation, ResolveErrorMutationVariables>;
export const LatestNotesDocument = new TypedDocumentString(`
    subscription LatestNotes($first: Int!) {
  live {
    notes(
      first: $first
      where: {deletedAt: {isNull: true}}
      orderBy: [{updatedAt: DESC}]
    ) {
      totalCount
      nodes {
        id
        content
        tags
        updatedAt
        wordCount
        cluster {
          id
          title
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LatestNotesSubscription, LatestNotesSubscriptionVariables>;
export const SearchNotesDocument = new TypedDocumentString(`
    query SearchNotes($query: String!, $mode: SearchMode!) {
  search(query: $query, mode: $mode, kinds: [NOTE], first: 30) {
    score
    snippet
    item {
      ... on Note {
        id
        content
        tags
        updatedAt
        wordCount
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SearchNotesQuery, SearchNotesQueryVariables>;
export const WriteNoteDocument = new TypedDocumentString(`
    mutation WriteNote($content: String!, $tags: [String!]) {
  createNote(input: {content: $content, tags: $tags}) {
    id
  }
}
    `) as unknown as TypedDocumentString<WriteNoteMutation, WriteNoteMutationVariables>;
export const SoftDeleteNoteDocument = new TypedDocumentString(`
    mutation SoftDeleteNote($id: UUID!) {
  softDeleteNote(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<SoftDeleteNoteMutation, SoftDeleteNoteMutationVariables>;
export const RestoreNoteDocument = new TypedDocumentString(`
    mutation RestoreNote($id: UUID!) {
  restoreNote(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RestoreNoteMutation, RestoreNoteMutationVariables>;
export const SimilarNotesDocument = new TypedDocumentString(`
    query SimilarNotes($id: UUID!) {
  similarNotes(noteId: $id, first: 5) {
    similarity
    note {
      id
      content
    }
  }
}
    `) as unknown as TypedDocumentString<SimilarNotesQuery, SimilarNotesQueryVariables>;
export const ProjectPeopleDocument = new TypedDocumentString(`
    query ProjectPeople($id: UUID!) {
  people(projectId: $id) {
    userId
    displayName
    role
    isOwner
  }
}
    `) as unknown as TypedDocumentString<ProjectPeopleQuery, ProjectPeopleQueryVariables>;
export const ProjectComponentsDocument = new TypedDocumentString(`
    subscription ProjectComponents($id: UUID!) {
  live {
    projectComponents(
      first: 100
      where: {projectId: {eq: $id}}
      orderBy: [{zIndex: ASC}]
    ) {
      totalCount
      nodes {
        id
        name
        componentType
        isVisible
        isLocked
        updatedAt
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ProjectComponentsSubscription, ProjectComponentsSubscriptionVariables>;
export const ProjectPresenceDocument = new TypedDocumentString(`
    subscription ProjectPresence($channel: String!) {
  presence(channel: $channel) {
    complete
    joins {
      key
      meta
    }
    leaves {
      key
    }
  }
}
    `) as unknown as TypedDocumentString<ProjectPresenceSubscription, ProjectPresenceSubscriptionVariables>;
export const TrackPresenceDocument = new TypedDocumentString(`
    mutation TrackPresence($channel: String!, $key: String!, $meta: JSON) {
  trackPresence(channel: $channel, key: $key, meta: $meta) {
    lastsMs
  }
}
    `) as unknown as TypedDocumentString<TrackPresenceMutation, TrackPresenceMutationVariables>;
export const UntrackPresenceDocument = new TypedDocumentString(`
    mutation UntrackPresence($channel: String!, $key: String!) {
  untrackPresence(channel: $channel, key: $key)
}
    `) as unknown as TypedDocumentString<UntrackPresenceMutation, UntrackPresenceMutationVariables>;
export const MyInvitationsDocument = new TypedDocumentString(`
    query MyInvitations {
  myInvitations {
    id
    projectName
    role
  }
}
    `) as unknown as TypedDocumentString<MyInvitationsQuery, MyInvitationsQueryVariables>;
export const AcceptInvitationDocument = new TypedDocumentString(`
    mutation AcceptInvitation($id: UUID!) {
  acceptInvitation(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<AcceptInvitationMutation, AcceptInvitationMutationVariables>;
export const DeclineInvitationDocument = new TypedDocumentString(`
    mutation DeclineInvitation($id: UUID!) {
  declineInvitation(id: $id)
}
    `) as unknown as TypedDocumentString<DeclineInvitationMutation, DeclineInvitationMutationVariables>;
export const InviteCollaboratorDocument = new TypedDocumentString(`
    mutation InviteCollaborator($projectId: UUID!, $email: String!, $role: CollaboratorRole!) {
  inviteCollaborator(projectId: $projectId, email: $email, role: $role) {
    id
  }
}
    `) as unknown as TypedDocumentString<InviteCollaboratorMutation, InviteCollaboratorMutationVariables>;
export const LeaveProjectDocument = new TypedDocumentString(`
    mutation LeaveProject($id: UUID!) {
  leaveProject(id: $id)
}
    `) as unknown as TypedDocumentString<LeaveProjectMutation, LeaveProjectMutationVariables>;
export const SoftDeleteProjectDocument = new TypedDocumentString(`
    mutation SoftDeleteProject($id: UUID!) {
  softDeleteProject(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<SoftDeleteProjectMutation, SoftDeleteProjectMutationVariables>;
export const RenderTemplateDocument = new TypedDocumentString(`
    query RenderTemplate($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {
  renderTemplate(
    template: $template
    templateId: $templateId
    framework: $framework
    variables: $variables
  ) {
    text
    missing
    unknown
  }
}
    `) as unknown as TypedDocumentString<RenderTemplateQuery, RenderTemplateQueryVariables>;
export const PromptsBeingWrittenDocument = new TypedDocumentString(`
    subscription PromptsBeingWritten {
  live {
    jobs(
      first: 20
      where: {jobType: {eq: "prompts.generate"}, status: {in: [PENDING, PROCESSING]}}
    ) {
      nodes {
        id
        payload
        progress
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PromptsBeingWrittenSubscription, PromptsBeingWrittenSubscriptionVariables>;
export const StopPromptDocument = new TypedDocumentString(`
    mutation StopPrompt($id: UUID!) {
  cancelJob(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<StopPromptMutation, StopPromptMutationVariables>;
export const RemovePromptEntryDocument = new TypedDocumentString(`
    mutation RemovePromptEntry($id: UUID!) {
  deletePromptHistoryEntry(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemovePromptEntryMutation, RemovePromptEntryMutationVariables>;
export const RemovePromptGenerationDocument = new TypedDocumentString(`
    mutation RemovePromptGeneration($id: UUID!) {
  deletePromptGeneration(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<RemovePromptGenerationMutation, RemovePromptGenerationMutationVariables>;
export const PromptMakingDocument = new TypedDocumentString(`
    query PromptMaking {
  promptFrameworks(
    first: 50
    where: {isEnabled: {eq: true}}
    orderBy: [{sortOrder: ASC}]
  ) {
    nodes {
      name
      displayName
      description
      components
      template
      examples
    }
  }
  promptTemplates(
    first: 200
    where: {isActive: {eq: true}}
    orderBy: [{name: ASC}]
  ) {
    nodes {
      id
      name
      frameworkId
      templateContent
      variables
    }
  }
}
    `) as unknown as TypedDocumentString<PromptMakingQuery, PromptMakingQueryVariables>;
export const GeneratePromptDocument = new TypedDocumentString(`
    mutation GeneratePrompt($framework: String!, $input: String!, $variables: JSON, $templateId: UUID, $tone: String, $length: String, $vibeCoding: Boolean!, $temperature: Float, $maxTokens: Int, $provider: String, $model: String) {
  generatePrompt(
    framework: $framework
    input: $input
    variables: $variables
    templateId: $templateId
    tone: $tone
    length: $length
    vibeCoding: $vibeCoding
    temperature: $temperature
    maxTokens: $maxTokens
    provider: $provider
    model: $model
  ) {
    entry {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<GeneratePromptMutation, GeneratePromptMutationVariables>;
export const ListenDocument = new TypedDocumentString(`
    subscription Listen($channel: String!, $private: Boolean!) {
  broadcast(channel: $channel, private: $private) {
    id
    event
    payload
    bytes
  }
}
    `) as unknown as TypedDocumentString<ListenSubscription, ListenSubscriptionVariables>;
export const WhoDocument = new TypedDocumentString(`
    subscription Who($channel: String!, $private: Boolean!) {
  presence(channel: $channel, private: $private) {
    complete
    joins {
      key
      meta
    }
    leaves {
      key
    }
  }
}
    `) as unknown as TypedDocumentString<WhoSubscription, WhoSubscriptionVariables>;
export const SendBroadcastDocument = new TypedDocumentString(`
    mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {
  sendBroadcast(
    channel: $channel
    event: $event
    payload: $payload
    private: $private
  )
}
    `) as unknown as TypedDocumentString<SendBroadcastMutation, SendBroadcastMutationVariables>;
export const SettingsDocument = new TypedDocumentString(`
    subscription Settings {
  live {
    systemSettings {
      maxProjectsPerUser
      alerts {
        connectionsPercent
        databaseBytes
        deadJobs
        diskFreePercent
        errorPercent
        quotaPercent
        slowStatementSeconds
        slowStatements
      }
      logging {
        agentActivity
        errors
        userActivity
        sampleRate
        privacy {
          anonymizeIp
          messageContent
          redactEmails
          requestPath
          userAgent
        }
        retentionDays {
          agentActivity
          errors
          measurements
          userActivity
        }
      }
    }
    featureFlags {
      name
      enabled
    }
  }
}
    `) as unknown as TypedDocumentString<SettingsSubscription, SettingsSubscriptionVariables>;
export const UpdateSettingsDocument = new TypedDocumentString(`
    mutation UpdateSettings($input: SystemSettingsInput!) {
  updateSystemSettings(input: $input) {
    maxProjectsPerUser
  }
}
    `) as unknown as TypedDocumentString<UpdateSettingsMutation, UpdateSettingsMutationVariables>;
export const SetFlagDocument = new TypedDocumentString(`
    mutation SetFlag($name: String!, $enabled: Boolean!) {
  setFeatureFlag(name: $name, enabled: $enabled) {
    name
  }
}
    `) as unknown as TypedDocumentString<SetFlagMutation, SetFlagMutationVariables>;
export const DeleteFlagDocument = new TypedDocumentString(`
    mutation DeleteFlag($name: String!) {
  deleteFeatureFlag(name: $name)
}
    `) as unknown as TypedDocumentString<DeleteFlagMutation, DeleteFlagMutationVariables>;
export const UsageByDayDocument = new TypedDocumentString(`
    subscription UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {
  live {
    days: usageLogsAggregate(
      where: $where
      groupBy: [{column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: {from: $from, to: $to}}]
      first: 100
    ) {
      count
      group {
        createdAt
      }
      sum {
        totalCost
        totalTokens
      }
    }
    agents: usageLogsAggregate(
      where: $where
      groupBy: [{column: AGENT_TYPE}]
      first: 20
    ) {
      count
      group {
        agentType
      }
      sum {
        totalCost
        totalTokens
      }
    }
    models: usageLogsAggregate(
      where: $where
      groupBy: [{column: MODEL_USED}]
      first: 20
    ) {
      count
      group {
        modelUsed
      }
      sum {
        totalCost
        totalTokens
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UsageByDaySubscription, UsageByDaySubscriptionVariables>;
export const UsersDocument = new TypedDocumentString(`
    query Users($search: String, $first: Int!, $offset: Int!) {
  adminUsers(search: $search, first: $first, offset: $offset) {
    totalCount
    nodes {
      id
      email
      isAnonymous
      appMetadata
      bannedUntil
      emailConfirmedAt
      lastSignInAt
      createdAt
    }
  }
}
    `) as unknown as TypedDocumentString<UsersQuery, UsersQueryVariables>;
export const CreateUserDocument = new TypedDocumentString(`
    mutation CreateUser($input: AdminCreateUserInput!) {
  adminCreateUser(input: $input) {
    id
  }
}
    `) as unknown as TypedDocumentString<CreateUserMutation, CreateUserMutationVariables>;
export const BanUserDocument = new TypedDocumentString(`
    mutation BanUser($id: UUID!, $until: DateTime) {
  adminBanUser(id: $id, until: $until) {
    id
  }
}
    `) as unknown as TypedDocumentString<BanUserMutation, BanUserMutationVariables>;
export const SetUserRoleDocument = new TypedDocumentString(`
    mutation SetUserRole($id: UUID!, $role: String) {
  adminSetUserRole(id: $id, role: $role) {
    id
  }
}
    `) as unknown as TypedDocumentString<SetUserRoleMutation, SetUserRoleMutationVariables>;
export const InviteUserDocument = new TypedDocumentString(`
    mutation InviteUser($email: String!) {
  adminInviteUser(email: $email) {
    id
  }
}
    `) as unknown as TypedDocumentString<InviteUserMutation, InviteUserMutationVariables>;
export const ActAsDocument = new TypedDocumentString(`
    mutation ActAs($id: UUID!) {
  adminActAs(id: $id) {
    accessToken
    expiresAt
    user {
      id
      email
      isAnonymous
      appMetadata
      userMetadata
    }
  }
}
    `) as unknown as TypedDocumentString<ActAsMutation, ActAsMutationVariables>;
export const UserFactorsDocument = new TypedDocumentString(`
    query UserFactors($id: UUID!) {
  adminFactors(id: $id) {
    id
    type
    friendlyName
    verifiedAt
    createdAt
  }
}
    `) as unknown as TypedDocumentString<UserFactorsQuery, UserFactorsQueryVariables>;
export const RemoveUserFactorDocument = new TypedDocumentString(`
    mutation RemoveUserFactor($id: UUID!, $factorId: UUID!) {
  adminRemoveFactor(id: $id, factorId: $factorId)
}
    `) as unknown as TypedDocumentString<RemoveUserFactorMutation, RemoveUserFactorMutationVariables>;
export const DeleteUserDocument = new TypedDocumentString(`
    mutation DeleteUser($id: UUID!) {
  adminDeleteUser(id: $id) {
    id
  }
}
    `) as unknown as TypedDocumentString<DeleteUserMutation, DeleteUserMutationVariables>;
export const MyPlaceDocument = new TypedDocumentString(`
    query MyPlace($project: UUID!) {
  people(projectId: $project) {
    userId
    role
    isOwner
  }
}
    `) as unknown as TypedDocumentString<MyPlaceQuery, MyPlaceQueryVariables>;
/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query MyFactors { factors { id friendlyName verifiedAt createdAt } }\n": typeof types.MyFactorsDocument,
    "\n  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }\n": typeof types.EnrollTotpDocument,
    "\n  mutation VerifyFactor($factorId: UUID!, $code: String!) {\n    verifyTotp(factorId: $factorId, code: $code) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": typeof types.VerifyFactorDocument,
    "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": typeof types.UnenrollFactorDocument,
    "\n  subscription MyKeys {\n    live {\n      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }\n      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }\n    }\n  }\n": typeof types.MyKeysDocument,
    "\n  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }\n": typeof types.SaveKeyDocument,
    "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n": typeof types.RemoveKeyDocument,
    "\n  query Me { me { id email isAnonymous userMetadata createdAt } }\n": typeof types.MeDocument,
    "\n  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }\n": typeof types.UpdateAccountDocument,
    "\n  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }\n": typeof types.SessionsDocument,
    "\n  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }\n": typeof types.RevokeSessionDocument,
    "\n  mutation EndOtherSessions { signOut(scope: OTHERS) }\n": typeof types.EndOtherSessionsDocument,
    "\n  query ExportMyData { exportMyData }\n": typeof types.ExportMyDataDocument,
    "\n  mutation DeleteAccount($currentPassword: String) { deleteAccount(currentPassword: $currentPassword) }\n": typeof types.DeleteAccountDocument,
    "\n  subscription ArtifactVersions($id: UUID!) {\n    live {\n      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {\n        nodes { id versionNumber title content createdAt }\n      }\n    }\n  }\n": typeof types.ArtifactVersionsDocument,
    "\n  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }\n": typeof types.RevertArtifactDocument,
    "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts modelUsed inputTokens outputTokens cost createdAt\n          streams(first: 1, where: { endedAt: { isNull: true } }) { nodes { id } }\n        }\n      }\n    }\n  }\n": typeof types.ChatMessagesDocument,
    "\n  mutation SendMessage($chatId: UUID!, $parts: JSON!) { sendMessage(chatId: $chatId, parts: $parts) { streamId } }\n": typeof types.SendMessageDocument,
    "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n": typeof types.StopStreamDocument,
    "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName error { message } }\n  }\n": typeof types.FollowAnswerDocument,
    "\n  subscription MyClusters {\n    live {\n      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {\n        nodes {\n          id title description status themeKeywords activeNoteCount acceptedAt\n          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }\n        }\n      }\n      jobs(first: 1, where: { jobType: { eq: \"clusters.suggest\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }\n    }\n  }\n": typeof types.MyClustersDocument,
    "\n  mutation SuggestClusters { suggestClusters { id } }\n": typeof types.SuggestClustersDocument,
    "\n  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }\n": typeof types.AcceptClusterDocument,
    "\n  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }\n": typeof types.DismissClusterDocument,
    "\n  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }\n": typeof types.AcceptNoteDocument,
    "\n  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }\n": typeof types.RefuseNoteDocument,
    "\n  subscription NotesInCluster($id: UUID!) {\n    live {\n      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": typeof types.NotesInClusterDocument,
    "\n  query DatabaseStats {\n    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }\n    healthCheck { name status problems details }\n  }\n": typeof types.DatabaseStatsDocument,
    "\n  query IntegrityCheck { integrityCheck { name status problems details } }\n": typeof types.IntegrityCheckDocument,
    "\n  query SecurityAudit { securityAudit { severity object finding } }\n": typeof types.SecurityAuditDocument,
    "\n  mutation AnalyzeTables { analyzeTables { table } }\n": typeof types.AnalyzeTablesDocument,
    "\n  query CountPeople { adminUsers(first: 1) { totalCount } }\n": typeof types.CountPeopleDocument,
    "\n  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }\n": typeof types.LoadDemoDataDocument,
    "\n  subscription ServerNow {\n    live {\n      healthReport {\n        openAlerts\n        figures { kind subject value unit threshold details alerting }\n      }\n      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }\n    }\n  }\n": typeof types.ServerNowDocument,
    "\n  subscription ServerMinutes($since: DateTime!) {\n    live {\n      performanceMetricsAggregate(\n        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }\n        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]\n        first: 70\n      ) {\n        group { recordedAt }\n        sum { sampleCount errorCount }\n        avg { p50Ms p95Ms }\n      }\n    }\n  }\n": typeof types.ServerMinutesDocument,
    "\n  subscription MyWorkspace($me: UUID!) {\n    live {\n      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n      clusters(first: 1) { totalCount }\n      documents(first: 1) { totalCount }\n      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }\n      artifacts(first: 1) { totalCount }\n      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }\n    }\n  }\n": typeof types.MyWorkspaceDocument,
    "\n  mutation RetryJob($id: UUID!) { retryJob(id: $id) { id } }\n": typeof types.RetryJobDocument,
    "\n  mutation CancelJob($id: UUID!) { cancelJob(id: $id) { id } }\n": typeof types.CancelJobDocument,
    "\n  subscription Schedules {\n    live { jobSchedules(first: 100, orderBy: [{ name: ASC }]) { nodes { name cron timeZone isEnabled lastRunAt nextRunAt error } } }\n  }\n": typeof types.SchedulesDocument,
    "\n  mutation RunSchedule($name: String!) { runSchedule(name: $name) { id } }\n": typeof types.RunScheduleDocument,
    "\n  mutation SetScheduleEnabled($name: String!, $isEnabled: Boolean!) { updateSchedule(name: $name, isEnabled: $isEnabled) { name } }\n": typeof types.SetScheduleEnabledDocument,
    "\n  mutation ResolveError($id: UUID!, $resolved: Boolean!, $notes: String) {\n    updateErrorLog(id: $id, set: { resolved: $resolved, resolutionNotes: $notes }) { id }\n  }\n": typeof types.ResolveErrorDocument,
    "\n  subscription LatestNotes($first: Int!) {\n    live {\n      notes(first: $first, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": typeof types.LatestNotesDocument,
    "\n  query SearchNotes($query: String!, $mode: SearchMode!) {\n    search(query: $query, mode: $mode, kinds: [NOTE], first: 30) {\n      score\n      snippet\n      item { ... on Note { id content tags updatedAt wordCount } }\n    }\n  }\n": typeof types.SearchNotesDocument,
    "\n  mutation WriteNote($content: String!, $tags: [String!]) {\n    createNote(input: { content: $content, tags: $tags }) { id }\n  }\n": typeof types.WriteNoteDocument,
    "\n  mutation SoftDeleteNote($id: UUID!) { softDeleteNote(id: $id) { id } }\n": typeof types.SoftDeleteNoteDocument,
    "\n  mutation RestoreNote($id: UUID!) { restoreNote(id: $id) { id } }\n": typeof types.RestoreNoteDocument,
    "\n  query SimilarNotes($id: UUID!) { similarNotes(noteId: $id, first: 5) { similarity note { id content } } }\n": typeof types.SimilarNotesDocument,
    "\n  query ProjectPeople($id: UUID!) { people(projectId: $id) { userId displayName role isOwner } }\n": typeof types.ProjectPeopleDocument,
    "\n  subscription ProjectComponents($id: UUID!) {\n    live {\n      projectComponents(first: 100, where: { projectId: { eq: $id } }, orderBy: [{ zIndex: ASC }]) {\n        totalCount\n        nodes { id name componentType isVisible isLocked updatedAt }\n      }\n    }\n  }\n": typeof types.ProjectComponentsDocument,
    "\n  subscription ProjectPresence($channel: String!) {\n    presence(channel: $channel) { complete joins { key meta } leaves { key } }\n  }\n": typeof types.ProjectPresenceDocument,
    "\n  mutation TrackPresence($channel: String!, $key: String!, $meta: JSON) {\n    trackPresence(channel: $channel, key: $key, meta: $meta) { lastsMs }\n  }\n": typeof types.TrackPresenceDocument,
    "\n  mutation UntrackPresence($channel: String!, $key: String!) { untrackPresence(channel: $channel, key: $key) }\n": typeof types.UntrackPresenceDocument,
    "\n  query MyInvitations { myInvitations { id projectName role } }\n": typeof types.MyInvitationsDocument,
    "\n  mutation AcceptInvitation($id: UUID!) { acceptInvitation(id: $id) { id } }\n": typeof types.AcceptInvitationDocument,
    "\n  mutation DeclineInvitation($id: UUID!) { declineInvitation(id: $id) }\n": typeof types.DeclineInvitationDocument,
    "\n  mutation InviteCollaborator($projectId: UUID!, $email: String!, $role: CollaboratorRole!) {\n    inviteCollaborator(projectId: $projectId, email: $email, role: $role) { id }\n  }\n": typeof types.InviteCollaboratorDocument,
    "\n  mutation LeaveProject($id: UUID!) { leaveProject(id: $id) }\n": typeof types.LeaveProjectDocument,
    "\n  mutation SoftDeleteProject($id: UUID!) { softDeleteProject(id: $id) { id } }\n": typeof types.SoftDeleteProjectDocument,
    "\n  subscription Listen($channel: String!, $private: Boolean!) {\n    broadcast(channel: $channel, private: $private) { id event payload bytes }\n  }\n": typeof types.ListenDocument,
    "\n  subscription Who($channel: String!, $private: Boolean!) {\n    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }\n  }\n": typeof types.WhoDocument,
    "\n  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {\n    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)\n  }\n": typeof types.SendBroadcastDocument,
    "\n  subscription Settings {\n    live {\n      systemSettings {\n        maxProjectsPerUser\n        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }\n        logging {\n          agentActivity errors userActivity sampleRate\n          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }\n          retentionDays { agentActivity errors measurements userActivity }\n        }\n      }\n      featureFlags { name enabled }\n    }\n  }\n": typeof types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }\n": typeof types.UpdateSettingsDocument,
    "\n  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }\n": typeof types.SetFlagDocument,
    "\n  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }\n": typeof types.DeleteFlagDocument,
    "\n  query UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    days: usageLogsAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) {\n      count\n      group { createdAt }\n      sum { totalCost totalTokens }\n    }\n    agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n      count\n      group { agentType }\n      sum { totalCost totalTokens }\n    }\n    models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n      count\n      group { modelUsed }\n      sum { totalCost totalTokens }\n    }\n  }\n": typeof types.UsageByDayDocument,
    "\n  query Users($search: String, $first: Int!, $offset: Int!) {\n    adminUsers(search: $search, first: $first, offset: $offset) {\n      totalCount\n      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }\n": typeof types.CreateUserDocument,
    "\n  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }\n": typeof types.BanUserDocument,
    "\n  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }\n": typeof types.SetUserRoleDocument,
    "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n": typeof types.DeleteUserDocument,
};
const documents: Documents = {
    "\n  query MyFactors { factors { id friendlyName verifiedAt createdAt } }\n": types.MyFactorsDocument,
    "\n  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }\n": types.EnrollTotpDocument,
    "\n  mutation VerifyFactor($factorId: UUID!, $code: String!) {\n    verifyTotp(factorId: $factorId, code: $code) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": types.VerifyFactorDocument,
    "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": types.UnenrollFactorDocument,
    "\n  subscription MyKeys {\n    live {\n      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }\n      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }\n    }\n  }\n": types.MyKeysDocument,
    "\n  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }\n": types.SaveKeyDocument,
    "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n": types.RemoveKeyDocument,
    "\n  query Me { me { id email isAnonymous userMetadata createdAt } }\n": types.MeDocument,
    "\n  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }\n": types.UpdateAccountDocument,
    "\n  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }\n": types.SessionsDocument,
    "\n  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }\n": types.RevokeSessionDocument,
    "\n  mutation EndOtherSessions { signOut(scope: OTHERS) }\n": types.EndOtherSessionsDocument,
    "\n  query ExportMyData { exportMyData }\n": types.ExportMyDataDocument,
    "\n  mutation DeleteAccount($currentPassword: String) { deleteAccount(currentPassword: $currentPassword) }\n": types.DeleteAccountDocument,
    "\n  subscription ArtifactVersions($id: UUID!) {\n    live {\n      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {\n        nodes { id versionNumber title content createdAt }\n      }\n    }\n  }\n": types.ArtifactVersionsDocument,
    "\n  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }\n": types.RevertArtifactDocument,
    "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts modelUsed inputTokens outputTokens cost createdAt\n          streams(first: 1, where: { endedAt: { isNull: true } }) { nodes { id } }\n        }\n      }\n    }\n  }\n": types.ChatMessagesDocument,
    "\n  mutation SendMessage($chatId: UUID!, $parts: JSON!) { sendMessage(chatId: $chatId, parts: $parts) { streamId } }\n": types.SendMessageDocument,
    "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n": types.StopStreamDocument,
    "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName error { message } }\n  }\n": types.FollowAnswerDocument,
    "\n  subscription MyClusters {\n    live {\n      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {\n        nodes {\n          id title description status themeKeywords activeNoteCount acceptedAt\n          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }\n        }\n      }\n      jobs(first: 1, where: { jobType: { eq: \"clusters.suggest\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }\n    }\n  }\n": types.MyClustersDocument,
    "\n  mutation SuggestClusters { suggestClusters { id } }\n": types.SuggestClustersDocument,
    "\n  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }\n": types.AcceptClusterDocument,
    "\n  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }\n": types.DismissClusterDocument,
    "\n  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }\n": types.AcceptNoteDocument,
    "\n  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }\n": types.RefuseNoteDocument,
    "\n  subscription NotesInCluster($id: UUID!) {\n    live {\n      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": types.NotesInClusterDocument,
    "\n  query DatabaseStats {\n    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }\n    healthCheck { name status problems details }\n  }\n": types.DatabaseStatsDocument,
    "\n  query IntegrityCheck { integrityCheck { name status problems details } }\n": types.IntegrityCheckDocument,
    "\n  query SecurityAudit { securityAudit { severity object finding } }\n": types.SecurityAuditDocument,
    "\n  mutation AnalyzeTables { analyzeTables { table } }\n": types.AnalyzeTablesDocument,
    "\n  query CountPeople { adminUsers(first: 1) { totalCount } }\n": types.CountPeopleDocument,
    "\n  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }\n": types.LoadDemoDataDocument,
    "\n  subscription ServerNow {\n    live {\n      healthReport {\n        openAlerts\n        figures { kind subject value unit threshold details alerting }\n      }\n      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }\n    }\n  }\n": types.ServerNowDocument,
    "\n  subscription ServerMinutes($since: DateTime!) {\n    live {\n      performanceMetricsAggregate(\n        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }\n        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]\n        first: 70\n      ) {\n        group { recordedAt }\n        sum { sampleCount errorCount }\n        avg { p50Ms p95Ms }\n      }\n    }\n  }\n": types.ServerMinutesDocument,
    "\n  subscription MyWorkspace($me: UUID!) {\n    live {\n      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n      clusters(first: 1) { totalCount }\n      documents(first: 1) { totalCount }\n      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }\n      artifacts(first: 1) { totalCount }\n      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }\n    }\n  }\n": types.MyWorkspaceDocument,
    "\n  mutation RetryJob($id: UUID!) { retryJob(id: $id) { id } }\n": types.RetryJobDocument,
    "\n  mutation CancelJob($id: UUID!) { cancelJob(id: $id) { id } }\n": types.CancelJobDocument,
    "\n  subscription Schedules {\n    live { jobSchedules(first: 100, orderBy: [{ name: ASC }]) { nodes { name cron timeZone isEnabled lastRunAt nextRunAt error } } }\n  }\n": types.SchedulesDocument,
    "\n  mutation RunSchedule($name: String!) { runSchedule(name: $name) { id } }\n": types.RunScheduleDocument,
    "\n  mutation SetScheduleEnabled($name: String!, $isEnabled: Boolean!) { updateSchedule(name: $name, isEnabled: $isEnabled) { name } }\n": types.SetScheduleEnabledDocument,
    "\n  mutation ResolveError($id: UUID!, $resolved: Boolean!, $notes: String) {\n    updateErrorLog(id: $id, set: { resolved: $resolved, resolutionNotes: $notes }) { id }\n  }\n": types.ResolveErrorDocument,
    "\n  subscription LatestNotes($first: Int!) {\n    live {\n      notes(first: $first, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": types.LatestNotesDocument,
    "\n  query SearchNotes($query: String!, $mode: SearchMode!) {\n    search(query: $query, mode: $mode, kinds: [NOTE], first: 30) {\n      score\n      snippet\n      item { ... on Note { id content tags updatedAt wordCount } }\n    }\n  }\n": types.SearchNotesDocument,
    "\n  mutation WriteNote($content: String!, $tags: [String!]) {\n    createNote(input: { content: $content, tags: $tags }) { id }\n  }\n": types.WriteNoteDocument,
    "\n  mutation SoftDeleteNote($id: UUID!) { softDeleteNote(id: $id) { id } }\n": types.SoftDeleteNoteDocument,
    "\n  mutation RestoreNote($id: UUID!) { restoreNote(id: $id) { id } }\n": types.RestoreNoteDocument,
    "\n  query SimilarNotes($id: UUID!) { similarNotes(noteId: $id, first: 5) { similarity note { id content } } }\n": types.SimilarNotesDocument,
    "\n  query ProjectPeople($id: UUID!) { people(projectId: $id) { userId displayName role isOwner } }\n": types.ProjectPeopleDocument,
    "\n  subscription ProjectComponents($id: UUID!) {\n    live {\n      projectComponents(first: 100, where: { projectId: { eq: $id } }, orderBy: [{ zIndex: ASC }]) {\n        totalCount\n        nodes { id name componentType isVisible isLocked updatedAt }\n      }\n    }\n  }\n": types.ProjectComponentsDocument,
    "\n  subscription ProjectPresence($channel: String!) {\n    presence(channel: $channel) { complete joins { key meta } leaves { key } }\n  }\n": types.ProjectPresenceDocument,
    "\n  mutation TrackPresence($channel: String!, $key: String!, $meta: JSON) {\n    trackPresence(channel: $channel, key: $key, meta: $meta) { lastsMs }\n  }\n": types.TrackPresenceDocument,
    "\n  mutation UntrackPresence($channel: String!, $key: String!) { untrackPresence(channel: $channel, key: $key) }\n": types.UntrackPresenceDocument,
    "\n  query MyInvitations { myInvitations { id projectName role } }\n": types.MyInvitationsDocument,
    "\n  mutation AcceptInvitation($id: UUID!) { acceptInvitation(id: $id) { id } }\n": types.AcceptInvitationDocument,
    "\n  mutation DeclineInvitation($id: UUID!) { declineInvitation(id: $id) }\n": types.DeclineInvitationDocument,
    "\n  mutation InviteCollaborator($projectId: UUID!, $email: String!, $role: CollaboratorRole!) {\n    inviteCollaborator(projectId: $projectId, email: $email, role: $role) { id }\n  }\n": types.InviteCollaboratorDocument,
    "\n  mutation LeaveProject($id: UUID!) { leaveProject(id: $id) }\n": types.LeaveProjectDocument,
    "\n  mutation SoftDeleteProject($id: UUID!) { softDeleteProject(id: $id) { id } }\n": types.SoftDeleteProjectDocument,
    "\n  subscription Listen($channel: String!, $private: Boolean!) {\n    broadcast(channel: $channel, private: $private) { id event payload bytes }\n  }\n": types.ListenDocument,
    "\n  subscription Who($channel: String!, $private: Boolean!) {\n    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }\n  }\n": types.WhoDocument,
    "\n  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {\n    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)\n  }\n": types.SendBroadcastDocument,
    "\n  subscription Settings {\n    live {\n      systemSettings {\n        maxProjectsPerUser\n        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }\n        logging {\n          agentActivity errors userActivity sampleRate\n          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }\n          retentionDays { agentActivity errors measurements userActivity }\n        }\n      }\n      featureFlags { name enabled }\n    }\n  }\n": types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }\n": types.UpdateSettingsDocument,
    "\n  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }\n": types.SetFlagDocument,
    "\n  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }\n": types.DeleteFlagDocument,
    "\n  query UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    days: usageLogsAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) {\n      count\n      group { createdAt }\n      sum { totalCost totalTokens }\n    }\n    agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n      count\n      group { agentType }\n      sum { totalCost totalTokens }\n    }\n    models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n      count\n      group { modelUsed }\n      sum { totalCost totalTokens }\n    }\n  }\n": types.UsageByDayDocument,
    "\n  query Users($search: String, $first: Int!, $offset: Int!) {\n    adminUsers(search: $search, first: $first, offset: $offset) {\n      totalCount\n      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }\n    }\n  }\n": types.UsersDocument,
    "\n  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }\n": types.CreateUserDocument,
    "\n  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }\n": types.BanUserDocument,
    "\n  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }\n": types.SetUserRoleDocument,
    "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n": types.DeleteUserDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyFactors { factors { id friendlyName verifiedAt createdAt } }\n"): typeof import('./graphql').MyFactorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }\n"): typeof import('./graphql').EnrollTotpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VerifyFactor($factorId: UUID!, $code: String!) {\n    verifyTotp(factorId: $factorId, code: $code) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n"): typeof import('./graphql').VerifyFactorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n"): typeof import('./graphql').UnenrollFactorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MyKeys {\n    live {\n      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }\n      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }\n    }\n  }\n"): typeof import('./graphql').MyKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }\n"): typeof import('./graphql').SaveKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n"): typeof import('./graphql').RemoveKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Me { me { id email isAnonymous userMetadata createdAt } }\n"): typeof import('./graphql').MeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }\n"): typeof import('./graphql').UpdateAccountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }\n"): typeof import('./graphql').SessionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }\n"): typeof import('./graphql').RevokeSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndOtherSessions { signOut(scope: OTHERS) }\n"): typeof import('./graphql').EndOtherSessionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ExportMyData { exportMyData }\n"): typeof import('./graphql').ExportMyDataDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteAccount($currentPassword: String) { deleteAccount(currentPassword: $currentPassword) }\n"): typeof import('./graphql').DeleteAccountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ArtifactVersions($id: UUID!) {\n    live {\n      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {\n        nodes { id versionNumber title content createdAt }\n      }\n    }\n  }\n"): typeof import('./graphql').ArtifactVersionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }\n"): typeof import('./graphql').RevertArtifactDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts modelUsed inputTokens outputTokens cost createdAt\n          streams(first: 1, where: { endedAt: { isNull: true } }) { nodes { id } }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ChatMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($chatId: UUID!, $parts: JSON!) { sendMessage(chatId: $chatId, parts: $parts) { streamId } }\n"): typeof import('./graphql').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n"): typeof import('./graphql').StopStreamDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName error { message } }\n  }\n"): typeof import('./graphql').FollowAnswerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MyClusters {\n    live {\n      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {\n        nodes {\n          id title description status themeKeywords activeNoteCount acceptedAt\n          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }\n        }\n      }\n      jobs(first: 1, where: { jobType: { eq: \"clusters.suggest\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }\n    }\n  }\n"): typeof import('./graphql').MyClustersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SuggestClusters { suggestClusters { id } }\n"): typeof import('./graphql').SuggestClustersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }\n"): typeof import('./graphql').AcceptClusterDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }\n"): typeof import('./graphql').DismissClusterDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }\n"): typeof import('./graphql').AcceptNoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }\n"): typeof import('./graphql').RefuseNoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription NotesInCluster($id: UUID!) {\n    live {\n      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n"): typeof import('./graphql').NotesInClusterDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DatabaseStats {\n    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }\n    healthCheck { name status problems details }\n  }\n"): typeof import('./graphql').DatabaseStatsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query IntegrityCheck { integrityCheck { name status problems details } }\n"): typeof import('./graphql').IntegrityCheckDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SecurityAudit { securityAudit { severity object finding } }\n"): typeof import('./graphql').SecurityAuditDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AnalyzeTables { analyzeTables { table } }\n"): typeof import('./graphql').AnalyzeTablesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CountPeople { adminUsers(first: 1) { totalCount } }\n"): typeof import('./graphql').CountPeopleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }\n"): typeof import('./graphql').LoadDemoDataDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ServerNow {\n    live {\n      healthReport {\n        openAlerts\n        figures { kind subject value unit threshold details alerting }\n      }\n      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }\n    }\n  }\n"): typeof import('./graphql').ServerNowDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ServerMinutes($since: DateTime!) {\n    live {\n      performanceMetricsAggregate(\n        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }\n        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]\n        first: 70\n      ) {\n        group { recordedAt }\n        sum { sampleCount errorCount }\n        avg { p50Ms p95Ms }\n      }\n    }\n  }\n"): typeof import('./graphql').ServerMinutesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MyWorkspace($me: UUID!) {\n    live {\n      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n      clusters(first: 1) { totalCount }\n      documents(first: 1) { totalCount }\n      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }\n      artifacts(first: 1) { totalCount }\n      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }\n    }\n  }\n"): typeof import('./graphql').MyWorkspaceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryJob($id: UUID!) { retryJob(id: $id) { id } }\n"): typeof import('./graphql').RetryJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelJob($id: UUID!) { cancelJob(id: $id) { id } }\n"): typeof import('./graphql').CancelJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Schedules {\n    live { jobSchedules(first: 100, orderBy: [{ name: ASC }]) { nodes { name cron timeZone isEnabled lastRunAt nextRunAt error } } }\n  }\n"): typeof import('./graphql').SchedulesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RunSchedule($name: String!) { runSchedule(name: $name) { id } }\n"): typeof import('./graphql').RunScheduleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetScheduleEnabled($name: String!, $isEnabled: Boolean!) { updateSchedule(name: $name, isEnabled: $isEnabled) { name } }\n"): typeof import('./graphql').SetScheduleEnabledDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResolveError($id: UUID!, $resolved: Boolean!, $notes: String) {\n    updateErrorLog(id: $id, set: { resolved: $resolved, resolutionNotes: $notes }) { id }\n  }\n"): typeof import('./graphql').ResolveErrorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription LatestNotes($first: Int!) {\n    live {\n      notes(first: $first, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n"): typeof import('./graphql').LatestNotesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SearchNotes($query: String!, $mode: SearchMode!) {\n    search(query: $query, mode: $mode, kinds: [NOTE], first: 30) {\n      score\n      snippet\n      item { ... on Note { id content tags updatedAt wordCount } }\n    }\n  }\n"): typeof import('./graphql').SearchNotesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation WriteNote($content: String!, $tags: [String!]) {\n    createNote(input: { content: $content, tags: $tags }) { id }\n  }\n"): typeof import('./graphql').WriteNoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SoftDeleteNote($id: UUID!) { softDeleteNote(id: $id) { id } }\n"): typeof import('./graphql').SoftDeleteNoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RestoreNote($id: UUID!) { restoreNote(id: $id) { id } }\n"): typeof import('./graphql').RestoreNoteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SimilarNotes($id: UUID!) { similarNotes(noteId: $id, first: 5) { similarity note { id content } } }\n"): typeof import('./graphql').SimilarNotesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProjectPeople($id: UUID!) { people(projectId: $id) { userId displayName role isOwner } }\n"): typeof import('./graphql').ProjectPeopleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ProjectComponents($id: UUID!) {\n    live {\n      projectComponents(first: 100, where: { projectId: { eq: $id } }, orderBy: [{ zIndex: ASC }]) {\n        totalCount\n        nodes { id name componentType isVisible isLocked updatedAt }\n      }\n    }\n  }\n"): typeof import('./graphql').ProjectComponentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ProjectPresence($channel: String!) {\n    presence(channel: $channel) { complete joins { key meta } leaves { key } }\n  }\n"): typeof import('./graphql').ProjectPresenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TrackPresence($channel: String!, $key: String!, $meta: JSON) {\n    trackPresence(channel: $channel, key: $key, meta: $meta) { lastsMs }\n  }\n"): typeof import('./graphql').TrackPresenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UntrackPresence($channel: String!, $key: String!) { untrackPresence(channel: $channel, key: $key) }\n"): typeof import('./graphql').UntrackPresenceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyInvitations { myInvitations { id projectName role } }\n"): typeof import('./graphql').MyInvitationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AcceptInvitation($id: UUID!) { acceptInvitation(id: $id) { id } }\n"): typeof import('./graphql').AcceptInvitationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeclineInvitation($id: UUID!) { declineInvitation(id: $id) }\n"): typeof import('./graphql').DeclineInvitationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation InviteCollaborator($projectId: UUID!, $email: String!, $role: CollaboratorRole!) {\n    inviteCollaborator(projectId: $projectId, email: $email, role: $role) { id }\n  }\n"): typeof import('./graphql').InviteCollaboratorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation LeaveProject($id: UUID!) { leaveProject(id: $id) }\n"): typeof import('./graphql').LeaveProjectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SoftDeleteProject($id: UUID!) { softDeleteProject(id: $id) { id } }\n"): typeof import('./graphql').SoftDeleteProjectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Listen($channel: String!, $private: Boolean!) {\n    broadcast(channel: $channel, private: $private) { id event payload bytes }\n  }\n"): typeof import('./graphql').ListenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Who($channel: String!, $private: Boolean!) {\n    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }\n  }\n"): typeof import('./graphql').WhoDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {\n    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)\n  }\n"): typeof import('./graphql').SendBroadcastDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription Settings {\n    live {\n      systemSettings {\n        maxProjectsPerUser\n        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }\n        logging {\n          agentActivity errors userActivity sampleRate\n          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }\n          retentionDays { agentActivity errors measurements userActivity }\n        }\n      }\n      featureFlags { name enabled }\n    }\n  }\n"): typeof import('./graphql').SettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }\n"): typeof import('./graphql').UpdateSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }\n"): typeof import('./graphql').SetFlagDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }\n"): typeof import('./graphql').DeleteFlagDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    days: usageLogsAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) {\n      count\n      group { createdAt }\n      sum { totalCost totalTokens }\n    }\n    agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n      count\n      group { agentType }\n      sum { totalCost totalTokens }\n    }\n    models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n      count\n      group { modelUsed }\n      sum { totalCost totalTokens }\n    }\n  }\n"): typeof import('./graphql').UsageByDayDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Users($search: String, $first: Int!, $offset: Int!) {\n    adminUsers(search: $search, first: $first, offset: $offset) {\n      totalCount\n      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }\n    }\n  }\n"): typeof import('./graphql').UsersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }\n"): typeof import('./graphql').CreateUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }\n"): typeof import('./graphql').BanUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }\n"): typeof import('./graphql').SetUserRoleDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n"): typeof import('./graphql').DeleteUserDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

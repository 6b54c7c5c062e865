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
    "\n  query ModelsToChoose {\n    modelConfigs(first: 100, where: { isActive: { eq: true } }, orderBy: [{ provider: ASC }, { name: ASC }]) { nodes { modelId name provider isDefault } }\n  }\n": typeof types.ModelsToChooseDocument,
    "\n  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }\n": typeof types.EnrollTotpDocument,
    "\n  mutation VerifyFactor($factorId: UUID!, $code: String!) {\n    verifyTotp(factorId: $factorId, code: $code) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": typeof types.VerifyFactorDocument,
    "\n  mutation EnrollKey($friendlyName: String!) { enrollWebauthn(friendlyName: $friendlyName) { id } }\n": typeof types.EnrollKeyDocument,
    "\n  mutation AskForKey($factorId: UUID!) { challengeFactor(factorId: $factorId) { challengeId options } }\n": typeof types.AskForKeyDocument,
    "\n  mutation VerifyKey($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) {\n    verifyWebauthn(factorId: $factorId, challengeId: $challengeId, credential: $credential) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": typeof types.VerifyKeyDocument,
    "\n  mutation GiveUpFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": typeof types.GiveUpFactorDocument,
    "\n  query MyFactors { factors { id type friendlyName verifiedAt createdAt } }\n": typeof types.MyFactorsDocument,
    "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": typeof types.UnenrollFactorDocument,
    "\n  mutation NewRecoveryCodes { regenerateRecoveryCodes }\n": typeof types.NewRecoveryCodesDocument,
    "\n  subscription MyKeys {\n    live {\n      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }\n      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }\n    }\n  }\n": typeof types.MyKeysDocument,
    "\n  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }\n": typeof types.SaveKeyDocument,
    "\n  mutation TryKey($provider: String!) { validateApiConfiguration(provider: $provider) { id } }\n": typeof types.TryKeyDocument,
    "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n": typeof types.RemoveKeyDocument,
    "\n  query MyPasskeys { passkeys { id friendlyName createdAt lastUsedAt } }\n": typeof types.MyPasskeysDocument,
    "\n  mutation BeginPasskeyRegistration { beginPasskeyRegistration { challengeId options } }\n": typeof types.BeginPasskeyRegistrationDocument,
    "\n  mutation FinishPasskeyRegistration($challengeId: UUID!, $credential: JSON!, $friendlyName: String) {\n    finishPasskeyRegistration(challengeId: $challengeId, credential: $credential, friendlyName: $friendlyName) { id }\n  }\n": typeof types.FinishPasskeyRegistrationDocument,
    "\n  mutation RenamePasskey($id: UUID!, $friendlyName: String!) { renamePasskey(id: $id, friendlyName: $friendlyName) { id } }\n": typeof types.RenamePasskeyDocument,
    "\n  mutation RemovePasskey($id: UUID!) { removePasskey(id: $id) }\n": typeof types.RemovePasskeyDocument,
    "\n  mutation MailReauthenticationCode { requestReauthentication }\n": typeof types.MailReauthenticationCodeDocument,
    "\n  query Me { me { id email isAnonymous userMetadata createdAt } }\n": typeof types.MeDocument,
    "\n  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }\n": typeof types.UpdateAccountDocument,
    "\n  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }\n": typeof types.SessionsDocument,
    "\n  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }\n": typeof types.RevokeSessionDocument,
    "\n  mutation EndOtherSessions { signOut(scope: OTHERS) }\n": typeof types.EndOtherSessionsDocument,
    "\n  query ExportMyData { exportMyData }\n": typeof types.ExportMyDataDocument,
    "\n  mutation DeleteAccount($currentPassword: String, $code: String) { deleteAccount(currentPassword: $currentPassword, code: $code) }\n": typeof types.DeleteAccountDocument,
    "\n  subscription ArtifactVersions($id: UUID!) {\n    live {\n      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {\n        nodes { id versionNumber title content createdAt }\n      }\n    }\n  }\n": typeof types.ArtifactVersionsDocument,
    "\n  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }\n": typeof types.RevertArtifactDocument,
    "\n  query MyAccessTokens { personalAccessTokens { id name scopes createdAt expiresAt lastUsedAt isExpired } }\n": typeof types.MyAccessTokensDocument,
    "\n  mutation CreateAccessToken($name: String!, $scopes: [PersonalAccessTokenScope!]!, $expiresInDays: Int!) {\n    createPersonalAccessToken(name: $name, scopes: $scopes, expiresInDays: $expiresInDays) { token personalAccessToken { name expiresAt } }\n  }\n": typeof types.CreateAccessTokenDocument,
    "\n  mutation RevokeAccessToken($id: UUID!) { revokePersonalAccessToken(id: $id) }\n": typeof types.RevokeAccessTokenDocument,
    "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName isError error { message } }\n  }\n": typeof types.FollowAnswerDocument,
    "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n": typeof types.StopStreamDocument,
    "\n  query FilesToAttach($objects: ObjectWhere!, $recordings: AudioRecordingWhere!) {\n    objects(first: 50, where: $objects, orderBy: [{ updatedAt: DESC }]) { nodes { id name metadata } }\n    audioRecordings(first: 20, where: $recordings, orderBy: [{ createdAt: DESC }]) { nodes { id fileName sizeBytes } }\n  }\n": typeof types.FilesToAttachDocument,
    "\n  mutation SendMessage($chatId: UUID, $parts: JSON!, $attachments: [ChatAttachmentInput!], $options: AnswerOptions) {\n    sendMessage(chatId: $chatId, parts: $parts, attachments: $attachments, options: $options) { streamId chat { id } }\n  }\n": typeof types.SendMessageDocument,
    "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts attachments attachmentUrls(expiresIn: 86400) modelUsed inputTokens outputTokens cost createdAt parentId\n          streams(first: 1, orderBy: [{ createdAt: DESC }]) { nodes { id status errorMessage endedAt } }\n        }\n      }\n      chat(id: $chatId) { tree: messages(first: 500, orderBy: [{ createdAt: ASC }]) { nodes { id parentId role } } }\n    }\n  }\n": typeof types.ChatMessagesDocument,
    "\n  mutation EditMessage($id: UUID!, $parts: JSON!, $options: AnswerOptions) { editMessage(id: $id, parts: $parts, options: $options) { streamId } }\n": typeof types.EditMessageDocument,
    "\n  mutation RegenerateMessage($id: UUID!, $options: AnswerOptions) { regenerateMessage(id: $id, options: $options) { streamId } }\n": typeof types.RegenerateMessageDocument,
    "\n  mutation ShowBranch($id: UUID!) { showBranch(id: $id) { id } }\n": typeof types.ShowBranchDocument,
    "\n  mutation AnswerToolRequest($messageId: UUID!, $toolCallId: String!, $approved: Boolean!) {\n    answerToolRequest(messageId: $messageId, toolCallId: $toolCallId, approved: $approved) { streamId }\n  }\n": typeof types.AnswerToolRequestDocument,
    "\n  query Likeness($l0: UUID!, $l1: UUID!, $l2: UUID!, $l3: UUID!, $l4: UUID!, $l5: UUID!, $l6: UUID!, $l7: UUID!, $l8: UUID!, $l9: UUID!, $l10: UUID!, $l11: UUID!, $l12: UUID!, $l13: UUID!, $l14: UUID!, $l15: UUID!, $l16: UUID!, $l17: UUID!, $l18: UUID!, $l19: UUID!, $l20: UUID!, $l21: UUID!, $l22: UUID!, $l23: UUID!) {\n    l0: similarNotes(noteId: $l0, first: 150) { similarity note { id } }\n    l1: similarNotes(noteId: $l1, first: 150) { similarity note { id } }\n    l2: similarNotes(noteId: $l2, first: 150) { similarity note { id } }\n    l3: similarNotes(noteId: $l3, first: 150) { similarity note { id } }\n    l4: similarNotes(noteId: $l4, first: 150) { similarity note { id } }\n    l5: similarNotes(noteId: $l5, first: 150) { similarity note { id } }\n    l6: similarNotes(noteId: $l6, first: 150) { similarity note { id } }\n    l7: similarNotes(noteId: $l7, first: 150) { similarity note { id } }\n    l8: similarNotes(noteId: $l8, first: 150) { similarity note { id } }\n    l9: similarNotes(noteId: $l9, first: 150) { similarity note { id } }\n    l10: similarNotes(noteId: $l10, first: 150) { similarity note { id } }\n    l11: similarNotes(noteId: $l11, first: 150) { similarity note { id } }\n    l12: similarNotes(noteId: $l12, first: 150) { similarity note { id } }\n    l13: similarNotes(noteId: $l13, first: 150) { similarity note { id } }\n    l14: similarNotes(noteId: $l14, first: 150) { similarity note { id } }\n    l15: similarNotes(noteId: $l15, first: 150) { similarity note { id } }\n    l16: similarNotes(noteId: $l16, first: 150) { similarity note { id } }\n    l17: similarNotes(noteId: $l17, first: 150) { similarity note { id } }\n    l18: similarNotes(noteId: $l18, first: 150) { similarity note { id } }\n    l19: similarNotes(noteId: $l19, first: 150) { similarity note { id } }\n    l20: similarNotes(noteId: $l20, first: 150) { similarity note { id } }\n    l21: similarNotes(noteId: $l21, first: 150) { similarity note { id } }\n    l22: similarNotes(noteId: $l22, first: 150) { similarity note { id } }\n    l23: similarNotes(noteId: $l23, first: 150) { similarity note { id } }\n  }\n": typeof types.LikenessDocument,
    "\n  query NotesToMap {\n    notes(first: 400, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n      totalCount\n      nodes { id content clusterId noteSuggestions(first: 1, where: { refusedAt: { isNull: true } }, orderBy: [{ similarity: DESC }]) { nodes { clusterId } } }\n    }\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ title: ASC }]) { nodes { id title status } }\n  }\n": typeof types.NotesToMapDocument,
    "\n  query NotesSuggestedFor($id: UUID!) { noteSuggestions(first: 200, where: { clusterId: { eq: $id }, refusedAt: { isNull: true } }) { pageInfo { hasNextPage } nodes { noteId } } }\n": typeof types.NotesSuggestedForDocument,
    "\n  mutation MergeSuggested($id: UUID!, $into: UUID!, $noteIds: [UUID!]!, $atMost: Int!) {\n    updateNotes(where: { id: { in: $noteIds }, clusterId: { isNull: true } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    dismissCluster(id: $id) { id }\n  }\n": typeof types.MergeSuggestedDocument,
    "\n  mutation MergeOwn($id: UUID!, $into: UUID!, $atMost: Int!) {\n    updateNotes(where: { clusterId: { eq: $id } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    deleteCluster(id: $id) { id }\n  }\n": typeof types.MergeOwnDocument,
    "\n  subscription MyClusters {\n    live {\n      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {\n        nodes {\n          id title description status themeKeywords activeNoteCount acceptedAt\n          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }\n        }\n      }\n      jobs(first: 1, where: { jobType: { eq: \"clusters.suggest\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }\n    }\n  }\n": typeof types.MyClustersDocument,
    "\n  mutation SuggestClusters { suggestClusters { id } }\n": typeof types.SuggestClustersDocument,
    "\n  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }\n": typeof types.AcceptClusterDocument,
    "\n  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }\n": typeof types.DismissClusterDocument,
    "\n  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }\n": typeof types.AcceptNoteDocument,
    "\n  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }\n": typeof types.RefuseNoteDocument,
    "\n  subscription NotesInCluster($id: UUID!) {\n    live {\n      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": typeof types.NotesInClusterDocument,
    "\n  subscription ConfigurationHistory($table: ConfigurationTable, $entry: UUID) {\n    live {\n      configurationHistory(table: $table, entry: $entry, first: 30) {\n        id at actorEmail byProgram act name canPutBack\n        fields { field before after }\n      }\n    }\n  }\n": typeof types.ConfigurationHistoryDocument,
    "\n  mutation PutBackConfiguration($change: UUID!) { putBackConfiguration(change: $change) }\n": typeof types.PutBackConfigurationDocument,
    "\n  query DatabaseWaits {\n    databaseWaits {\n      lock since\n      waiting { pid role application state since statement }\n      blocking { pid role application state since statement }\n    }\n  }\n": typeof types.DatabaseWaitsDocument,
    "\n  query SlowStatements($orderBy: StatementOrder!) {\n    slowStatements(orderBy: $orderBy, first: 30) {\n      missing\n      statements { statement role calls totalMs meanMs maxMs rows blocksHit blocksRead }\n    }\n  }\n": typeof types.SlowStatementsDocument,
    "\n  query IndexStats { indexStats { table index sizeBytes scans lastUsed isUnique isValid } }\n": typeof types.IndexStatsDocument,
    "\n  query DatabaseStats {\n    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }\n    healthCheck { name status problems details }\n  }\n": typeof types.DatabaseStatsDocument,
    "\n  query IntegrityCheck { integrityCheck { name status problems details } }\n": typeof types.IntegrityCheckDocument,
    "\n  query SecurityAudit { securityAudit { severity object finding } }\n": typeof types.SecurityAuditDocument,
    "\n  mutation AnalyzeTables { analyzeTables { table } }\n": typeof types.AnalyzeTablesDocument,
    "\n  subscription DocumentAround($id: UUID!, $versions: DocumentWhere!) {\n    live {\n      documentSources(first: 200, where: { documentId: { eq: $id } }, orderBy: [{ position: ASC }]) { totalCount nodes { position isUsed noteId note { id content } } }\n      documents(first: 50, where: $versions, orderBy: [{ version: DESC }, { createdAt: DESC }]) { nodes { id title version createdAt generationState content } }\n    }\n  }\n": typeof types.DocumentAroundDocument,
    "\n  mutation StopDocument($id: UUID!) { cancelJob(id: $id) { id } }\n": typeof types.StopDocumentDocument,
    "\n  mutation RemoveDocument($id: UUID!) { deleteDocument(id: $id) { id } }\n": typeof types.RemoveDocumentDocument,
    "\n  query ClustersToWriteOf {\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id title status activeNoteCount noteSuggestions(first: 1) { totalCount } } }\n  }\n": typeof types.ClustersToWriteOfDocument,
    "\n  query NotesToWriteOf($where: NoteWhere!) { notes(first: 40, where: $where, orderBy: [{ updatedAt: DESC }]) { nodes { id content } } }\n": typeof types.NotesToWriteOfDocument,
    "\n  mutation GenerateDocument(\n    $clusterId: UUID, $noteIds: [UUID!], $parentDocumentId: UUID, $title: String, $format: DocumentFormat!, $instructions: String, $provider: String, $model: String\n  ) {\n    generateDocument(\n      clusterId: $clusterId, noteIds: $noteIds, parentDocumentId: $parentDocumentId, title: $title, format: $format\n      instructions: $instructions, provider: $provider, model: $model\n    ) { document { id } }\n  }\n": typeof types.GenerateDocumentDocument,
    "\n  subscription OneFeedback($id: UUID!) {\n    live {\n      feedback(id: $id) {\n        id message feedbackType status priority rating contactName contactEmail createdAt respondedAt adminResponse\n        user { displayName email } admin { displayName email } category { name }\n        tagLinks(first: 50) { nodes { tagId } }\n      }\n      feedbackTags(first: 100, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name color } }\n    }\n  }\n": typeof types.OneFeedbackDocument,
    "\n  mutation AnswerFeedback($id: UUID!, $set: FeedbackSet!) { updateFeedback(id: $id, set: $set) { id } }\n": typeof types.AnswerFeedbackDocument,
    "\n  mutation TagFeedback($input: FeedbackTagLinkInput!) { createFeedbackTagLink(input: $input) { tagId } }\n": typeof types.TagFeedbackDocument,
    "\n  mutation UntagFeedback($feedbackId: UUID!, $tagId: UUID!) { deleteFeedbackTagLink(feedbackId: $feedbackId, tagId: $tagId) { tagId } }\n": typeof types.UntagFeedbackDocument,
    "\n  query FeedbackFigures($where: FeedbackWhere!, $answered: FeedbackWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!, $since: Date!) {\n    days: feedbacksAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) { count group { createdAt } avg { rating } }\n    all: feedbacksAggregate(where: $where) { count avg { rating } }\n    answered: feedbacksAggregate(where: $answered) { count }\n    types: feedbacksAggregate(where: $where, groupBy: [{ column: FEEDBACK_TYPE }], first: 20) { count group { feedbackType } avg { rating } }\n    states: feedbacksAggregate(where: $where, groupBy: [{ column: STATUS }], first: 20) { count group { status } }\n    priorities: feedbacksAggregate(where: $where, groupBy: [{ column: PRIORITY }], first: 20) { count group { priority } }\n    ratings: feedbacksAggregate(where: $where, groupBy: [{ column: RATING }], first: 20) { count group { rating } }\n    kinds: feedbacksAggregate(where: $where, groupBy: [{ column: CATEGORY_ID }], first: 50) { count group { categoryId } }\n    feedbackCategories(first: 100) { nodes { id name } }\n    feedbackTags(first: 100) { nodes { id name feedbackLinks(first: 1, where: { feedback: $where }) { totalCount } } }\n    feedbackDays(first: 100, where: { date: { gte: $since } }, orderBy: [{ date: ASC }]) { nodes { date avgResponseTimeHours } }\n  }\n": typeof types.FeedbackFiguresDocument,
    "\n  query BucketCount($bucket: String!) { objects(where: { bucketId: { eq: $bucket }, version: { isNull: false } }, first: 1) { totalCount } }\n": typeof types.BucketCountDocument,
    "\n  subscription OneFile($where: ObjectWhere!) {\n    live { objects(where: $where, first: 1) { nodes { id name bucketId metadata userMetadata createdAt updatedAt lastAccessedAt uploader { displayName email } } } }\n  }\n": typeof types.OneFileDocument,
    "\n  mutation SignFile($bucket: String!, $name: String!, $expiresIn: Int!, $download: String) {\n    createSignedUrl(bucket: $bucket, name: $name, expiresIn: $expiresIn, download: $download) { url }\n  }\n": typeof types.SignFileDocument,
    "\n  mutation MoveFile($id: UUID!, $set: ObjectSet!) { updateObject(id: $id, set: $set) { id } }\n": typeof types.MoveFileDocument,
    "\n  subscription FileChanges($where: ObjectWhere) { objectsChanges(where: $where) { operation } }\n": typeof types.FileChangesDocument,
    "\n  subscription FindFiles($where: ObjectWhere!) {\n    live { objects(where: $where, first: 200, orderBy: [{ updatedAt: DESC }]) { totalCount nodes { id name metadata updatedAt } } }\n  }\n": typeof types.FindFilesDocument,
    "\n  mutation RemoveFiles($where: ObjectWhere!) { deleteObjects(where: $where, atMost: 10000) { affectedCount } }\n": typeof types.RemoveFilesDocument,
    "\n  subscription FileBuckets {\n    live {\n      buckets(first: 100, orderBy: [{ name: ASC }]) { nodes { id name public fileSizeLimit allowedMimeTypes createdAt } }\n      projects(first: 100, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id name } }\n    }\n  }\n": typeof types.FileBucketsDocument,
    "\n  query CountPeople { adminUsers(first: 1) { totalCount } }\n": typeof types.CountPeopleDocument,
    "\n  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }\n": typeof types.LoadDemoDataDocument,
    "\n  subscription ServerMetrics {\n    serverMetrics {\n      server at operations errors p50Ms p99Ms changes changesDelivered jobsBegun jobsEnded sockets subscriptions\n      requestsWaiting connectionsUsed connections unreadBytes memoryBytes\n    }\n  }\n": typeof types.ServerMetricsDocument,
    "\n  subscription ServerNow {\n    live {\n      healthReport {\n        openAlerts\n        figures { kind subject value unit threshold details alerting }\n      }\n      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }\n    }\n  }\n": typeof types.ServerNowDocument,
    "\n  subscription ServerMinutes($since: DateTime!) {\n    live {\n      performanceMetricsAggregate(\n        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }\n        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]\n        first: 70\n      ) {\n        group { recordedAt }\n        sum { sampleCount errorCount }\n        avg { p50Ms p95Ms }\n      }\n    }\n  }\n": typeof types.ServerMinutesDocument,
    "\n  subscription MyWorkspace($me: UUID!) {\n    live {\n      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n      clusters(first: 1) { totalCount }\n      documents(first: 1) { totalCount }\n      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }\n      artifacts(first: 1) { totalCount }\n      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }\n    }\n  }\n": typeof types.MyWorkspaceDocument,
    "\n  subscription MyInsights {\n    live {\n      insights(first: 104, orderBy: [{ weekStart: DESC }]) { nodes { id title content weekStart weekEnd generatedAt generationMetadata } }\n      jobs(first: 3, where: { jobType: { eq: \"insights.write\" } }, orderBy: [{ createdAt: DESC }]) { nodes { id status progress error result } }\n    }\n  }\n": typeof types.MyInsightsDocument,
    "\n  mutation GenerateWeeklyInsight($week: Date, $provider: String, $model: String) {\n    generateWeeklyInsight(week: $week, provider: $provider, model: $model) { id }\n  }\n": typeof types.GenerateWeeklyInsightDocument,
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
    "\n  query RenderTemplate($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {\n    renderTemplate(template: $template, templateId: $templateId, framework: $framework, variables: $variables) { text missing unknown }\n  }\n": typeof types.RenderTemplateDocument,
    "\n  subscription PromptsBeingWritten {\n    live { jobs(first: 20, where: { jobType: { eq: \"prompts.generate\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id payload progress } } }\n  }\n": typeof types.PromptsBeingWrittenDocument,
    "\n  mutation StopPrompt($id: UUID!) { cancelJob(id: $id) { id } }\n": typeof types.StopPromptDocument,
    "\n  mutation RemovePromptEntry($id: UUID!) { deletePromptHistoryEntry(id: $id) { id } }\n": typeof types.RemovePromptEntryDocument,
    "\n  mutation RemovePromptGeneration($id: UUID!) { deletePromptGeneration(id: $id) { id } }\n": typeof types.RemovePromptGenerationDocument,
    "\n  query PromptMaking {\n    promptFrameworks(first: 50, where: { isEnabled: { eq: true } }, orderBy: [{ sortOrder: ASC }]) { nodes { name displayName description components template examples } }\n    promptTemplates(first: 200, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name frameworkId templateContent variables } }\n  }\n": typeof types.PromptMakingDocument,
    "\n  mutation GeneratePrompt(\n    $framework: String!, $input: String!, $variables: JSON, $templateId: UUID, $tone: String, $length: String, $vibeCoding: Boolean!\n    $temperature: Float, $maxTokens: Int, $provider: String, $model: String\n  ) {\n    generatePrompt(\n      framework: $framework, input: $input, variables: $variables, templateId: $templateId, tone: $tone, length: $length, vibeCoding: $vibeCoding\n      temperature: $temperature, maxTokens: $maxTokens, provider: $provider, model: $model\n    ) { entry { id } }\n  }\n": typeof types.GeneratePromptDocument,
    "\n  subscription Listen($channel: String!, $private: Boolean!) {\n    broadcast(channel: $channel, private: $private) { id event payload bytes }\n  }\n": typeof types.ListenDocument,
    "\n  subscription Who($channel: String!, $private: Boolean!) {\n    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }\n  }\n": typeof types.WhoDocument,
    "\n  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {\n    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)\n  }\n": typeof types.SendBroadcastDocument,
    "\n  subscription Settings {\n    live {\n      systemSettings {\n        maxProjectsPerUser\n        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }\n        logging {\n          agentActivity errors userActivity sampleRate\n          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }\n          retentionDays { agentActivity errors measurements userActivity }\n        }\n      }\n      featureFlags { name enabled }\n    }\n  }\n": typeof types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }\n": typeof types.UpdateSettingsDocument,
    "\n  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }\n": typeof types.SetFlagDocument,
    "\n  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }\n": typeof types.DeleteFlagDocument,
    "\n  subscription UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    live {\n      days: usageLogsAggregate(\n        where: $where\n        groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n        first: 100\n      ) {\n        count\n        group { createdAt }\n        sum { totalCost totalTokens }\n      }\n      agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n        count\n        group { agentType }\n        sum { totalCost totalTokens }\n      }\n      models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n        count\n        group { modelUsed }\n        sum { totalCost totalTokens }\n      }\n    }\n  }\n": typeof types.UsageByDayDocument,
    "\n  query Users($search: String, $first: Int!, $offset: Int!) {\n    adminUsers(search: $search, first: $first, offset: $offset) {\n      totalCount\n      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }\n": typeof types.CreateUserDocument,
    "\n  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }\n": typeof types.BanUserDocument,
    "\n  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }\n": typeof types.SetUserRoleDocument,
    "\n  mutation InviteUser($email: String!) { adminInviteUser(email: $email) { id } }\n": typeof types.InviteUserDocument,
    "\n  mutation ActAs($id: UUID!) {\n    adminActAs(id: $id) { accessToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n  }\n": typeof types.ActAsDocument,
    "\n  query UserFactors($id: UUID!) { adminFactors(id: $id) { id type friendlyName verifiedAt createdAt } }\n": typeof types.UserFactorsDocument,
    "\n  mutation RemoveUserFactor($id: UUID!, $factorId: UUID!) { adminRemoveFactor(id: $id, factorId: $factorId) }\n": typeof types.RemoveUserFactorDocument,
    "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n": typeof types.DeleteUserDocument,
    "\n  query MyPlace($project: UUID!) { people(projectId: $project) { userId role isOwner } }\n": typeof types.MyPlaceDocument,
};
const documents: Documents = {
    "\n  query ModelsToChoose {\n    modelConfigs(first: 100, where: { isActive: { eq: true } }, orderBy: [{ provider: ASC }, { name: ASC }]) { nodes { modelId name provider isDefault } }\n  }\n": types.ModelsToChooseDocument,
    "\n  mutation EnrollTotp($friendlyName: String!) { enrollTotp(friendlyName: $friendlyName) { factorId secret qrCodeUrl } }\n": types.EnrollTotpDocument,
    "\n  mutation VerifyFactor($factorId: UUID!, $code: String!) {\n    verifyTotp(factorId: $factorId, code: $code) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": types.VerifyFactorDocument,
    "\n  mutation EnrollKey($friendlyName: String!) { enrollWebauthn(friendlyName: $friendlyName) { id } }\n": types.EnrollKeyDocument,
    "\n  mutation AskForKey($factorId: UUID!) { challengeFactor(factorId: $factorId) { challengeId options } }\n": types.AskForKeyDocument,
    "\n  mutation VerifyKey($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) {\n    verifyWebauthn(factorId: $factorId, challengeId: $challengeId, credential: $credential) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n": types.VerifyKeyDocument,
    "\n  mutation GiveUpFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": types.GiveUpFactorDocument,
    "\n  query MyFactors { factors { id type friendlyName verifiedAt createdAt } }\n": types.MyFactorsDocument,
    "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n": types.UnenrollFactorDocument,
    "\n  mutation NewRecoveryCodes { regenerateRecoveryCodes }\n": types.NewRecoveryCodesDocument,
    "\n  subscription MyKeys {\n    live {\n      apiConfigurations(first: 20) { nodes { id provider apiKeyHint isActive isValidated validationError lastUsedAt } }\n      apiProviders(first: 20, where: { isEnabled: { eq: true } }, orderBy: [{ displayName: ASC }]) { nodes { name displayName } }\n    }\n  }\n": types.MyKeysDocument,
    "\n  mutation SaveKey($provider: String!, $apiKey: String!) { saveApiConfiguration(provider: $provider, apiKey: $apiKey) { id } }\n": types.SaveKeyDocument,
    "\n  mutation TryKey($provider: String!) { validateApiConfiguration(provider: $provider) { id } }\n": types.TryKeyDocument,
    "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n": types.RemoveKeyDocument,
    "\n  query MyPasskeys { passkeys { id friendlyName createdAt lastUsedAt } }\n": types.MyPasskeysDocument,
    "\n  mutation BeginPasskeyRegistration { beginPasskeyRegistration { challengeId options } }\n": types.BeginPasskeyRegistrationDocument,
    "\n  mutation FinishPasskeyRegistration($challengeId: UUID!, $credential: JSON!, $friendlyName: String) {\n    finishPasskeyRegistration(challengeId: $challengeId, credential: $credential, friendlyName: $friendlyName) { id }\n  }\n": types.FinishPasskeyRegistrationDocument,
    "\n  mutation RenamePasskey($id: UUID!, $friendlyName: String!) { renamePasskey(id: $id, friendlyName: $friendlyName) { id } }\n": types.RenamePasskeyDocument,
    "\n  mutation RemovePasskey($id: UUID!) { removePasskey(id: $id) }\n": types.RemovePasskeyDocument,
    "\n  mutation MailReauthenticationCode { requestReauthentication }\n": types.MailReauthenticationCodeDocument,
    "\n  query Me { me { id email isAnonymous userMetadata createdAt } }\n": types.MeDocument,
    "\n  mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }\n": types.UpdateAccountDocument,
    "\n  query Sessions { sessions { id userAgent ip createdAt refreshedAt isCurrent aal } }\n": types.SessionsDocument,
    "\n  mutation RevokeSession($id: UUID!) { revokeSession(id: $id) }\n": types.RevokeSessionDocument,
    "\n  mutation EndOtherSessions { signOut(scope: OTHERS) }\n": types.EndOtherSessionsDocument,
    "\n  query ExportMyData { exportMyData }\n": types.ExportMyDataDocument,
    "\n  mutation DeleteAccount($currentPassword: String, $code: String) { deleteAccount(currentPassword: $currentPassword, code: $code) }\n": types.DeleteAccountDocument,
    "\n  subscription ArtifactVersions($id: UUID!) {\n    live {\n      artifacts(where: { id: { eq: $id } }, orderBy: [{ versionNumber: DESC }], first: 100) {\n        nodes { id versionNumber title content createdAt }\n      }\n    }\n  }\n": types.ArtifactVersionsDocument,
    "\n  mutation RevertArtifact($id: UUID!, $toVersion: Int!) { revertArtifact(id: $id, toVersion: $toVersion) { versionNumber } }\n": types.RevertArtifactDocument,
    "\n  query MyAccessTokens { personalAccessTokens { id name scopes createdAt expiresAt lastUsedAt isExpired } }\n": types.MyAccessTokensDocument,
    "\n  mutation CreateAccessToken($name: String!, $scopes: [PersonalAccessTokenScope!]!, $expiresInDays: Int!) {\n    createPersonalAccessToken(name: $name, scopes: $scopes, expiresInDays: $expiresInDays) { token personalAccessToken { name expiresAt } }\n  }\n": types.CreateAccessTokenDocument,
    "\n  mutation RevokeAccessToken($id: UUID!) { revokePersonalAccessToken(id: $id) }\n": types.RevokeAccessTokenDocument,
    "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName isError error { message } }\n  }\n": types.FollowAnswerDocument,
    "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n": types.StopStreamDocument,
    "\n  query FilesToAttach($objects: ObjectWhere!, $recordings: AudioRecordingWhere!) {\n    objects(first: 50, where: $objects, orderBy: [{ updatedAt: DESC }]) { nodes { id name metadata } }\n    audioRecordings(first: 20, where: $recordings, orderBy: [{ createdAt: DESC }]) { nodes { id fileName sizeBytes } }\n  }\n": types.FilesToAttachDocument,
    "\n  mutation SendMessage($chatId: UUID, $parts: JSON!, $attachments: [ChatAttachmentInput!], $options: AnswerOptions) {\n    sendMessage(chatId: $chatId, parts: $parts, attachments: $attachments, options: $options) { streamId chat { id } }\n  }\n": types.SendMessageDocument,
    "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts attachments attachmentUrls(expiresIn: 86400) modelUsed inputTokens outputTokens cost createdAt parentId\n          streams(first: 1, orderBy: [{ createdAt: DESC }]) { nodes { id status errorMessage endedAt } }\n        }\n      }\n      chat(id: $chatId) { tree: messages(first: 500, orderBy: [{ createdAt: ASC }]) { nodes { id parentId role } } }\n    }\n  }\n": types.ChatMessagesDocument,
    "\n  mutation EditMessage($id: UUID!, $parts: JSON!, $options: AnswerOptions) { editMessage(id: $id, parts: $parts, options: $options) { streamId } }\n": types.EditMessageDocument,
    "\n  mutation RegenerateMessage($id: UUID!, $options: AnswerOptions) { regenerateMessage(id: $id, options: $options) { streamId } }\n": types.RegenerateMessageDocument,
    "\n  mutation ShowBranch($id: UUID!) { showBranch(id: $id) { id } }\n": types.ShowBranchDocument,
    "\n  mutation AnswerToolRequest($messageId: UUID!, $toolCallId: String!, $approved: Boolean!) {\n    answerToolRequest(messageId: $messageId, toolCallId: $toolCallId, approved: $approved) { streamId }\n  }\n": types.AnswerToolRequestDocument,
    "\n  query Likeness($l0: UUID!, $l1: UUID!, $l2: UUID!, $l3: UUID!, $l4: UUID!, $l5: UUID!, $l6: UUID!, $l7: UUID!, $l8: UUID!, $l9: UUID!, $l10: UUID!, $l11: UUID!, $l12: UUID!, $l13: UUID!, $l14: UUID!, $l15: UUID!, $l16: UUID!, $l17: UUID!, $l18: UUID!, $l19: UUID!, $l20: UUID!, $l21: UUID!, $l22: UUID!, $l23: UUID!) {\n    l0: similarNotes(noteId: $l0, first: 150) { similarity note { id } }\n    l1: similarNotes(noteId: $l1, first: 150) { similarity note { id } }\n    l2: similarNotes(noteId: $l2, first: 150) { similarity note { id } }\n    l3: similarNotes(noteId: $l3, first: 150) { similarity note { id } }\n    l4: similarNotes(noteId: $l4, first: 150) { similarity note { id } }\n    l5: similarNotes(noteId: $l5, first: 150) { similarity note { id } }\n    l6: similarNotes(noteId: $l6, first: 150) { similarity note { id } }\n    l7: similarNotes(noteId: $l7, first: 150) { similarity note { id } }\n    l8: similarNotes(noteId: $l8, first: 150) { similarity note { id } }\n    l9: similarNotes(noteId: $l9, first: 150) { similarity note { id } }\n    l10: similarNotes(noteId: $l10, first: 150) { similarity note { id } }\n    l11: similarNotes(noteId: $l11, first: 150) { similarity note { id } }\n    l12: similarNotes(noteId: $l12, first: 150) { similarity note { id } }\n    l13: similarNotes(noteId: $l13, first: 150) { similarity note { id } }\n    l14: similarNotes(noteId: $l14, first: 150) { similarity note { id } }\n    l15: similarNotes(noteId: $l15, first: 150) { similarity note { id } }\n    l16: similarNotes(noteId: $l16, first: 150) { similarity note { id } }\n    l17: similarNotes(noteId: $l17, first: 150) { similarity note { id } }\n    l18: similarNotes(noteId: $l18, first: 150) { similarity note { id } }\n    l19: similarNotes(noteId: $l19, first: 150) { similarity note { id } }\n    l20: similarNotes(noteId: $l20, first: 150) { similarity note { id } }\n    l21: similarNotes(noteId: $l21, first: 150) { similarity note { id } }\n    l22: similarNotes(noteId: $l22, first: 150) { similarity note { id } }\n    l23: similarNotes(noteId: $l23, first: 150) { similarity note { id } }\n  }\n": types.LikenessDocument,
    "\n  query NotesToMap {\n    notes(first: 400, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n      totalCount\n      nodes { id content clusterId noteSuggestions(first: 1, where: { refusedAt: { isNull: true } }, orderBy: [{ similarity: DESC }]) { nodes { clusterId } } }\n    }\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ title: ASC }]) { nodes { id title status } }\n  }\n": types.NotesToMapDocument,
    "\n  query NotesSuggestedFor($id: UUID!) { noteSuggestions(first: 200, where: { clusterId: { eq: $id }, refusedAt: { isNull: true } }) { pageInfo { hasNextPage } nodes { noteId } } }\n": types.NotesSuggestedForDocument,
    "\n  mutation MergeSuggested($id: UUID!, $into: UUID!, $noteIds: [UUID!]!, $atMost: Int!) {\n    updateNotes(where: { id: { in: $noteIds }, clusterId: { isNull: true } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    dismissCluster(id: $id) { id }\n  }\n": types.MergeSuggestedDocument,
    "\n  mutation MergeOwn($id: UUID!, $into: UUID!, $atMost: Int!) {\n    updateNotes(where: { clusterId: { eq: $id } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    deleteCluster(id: $id) { id }\n  }\n": types.MergeOwnDocument,
    "\n  subscription MyClusters {\n    live {\n      clusters(first: 100, orderBy: [{ updatedAt: DESC }], where: { dismissedAt: { isNull: true } }) {\n        nodes {\n          id title description status themeKeywords activeNoteCount acceptedAt\n          noteSuggestions(first: 4, where: { refusedAt: { isNull: true } }) { totalCount nodes { noteId similarity note { id content } } }\n        }\n      }\n      jobs(first: 1, where: { jobType: { eq: \"clusters.suggest\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id progress } }\n    }\n  }\n": types.MyClustersDocument,
    "\n  mutation SuggestClusters { suggestClusters { id } }\n": types.SuggestClustersDocument,
    "\n  mutation AcceptCluster($id: UUID!) { acceptCluster(id: $id) { id } }\n": types.AcceptClusterDocument,
    "\n  mutation DismissCluster($id: UUID!) { dismissCluster(id: $id) { id } }\n": types.DismissClusterDocument,
    "\n  mutation AcceptNote($clusterId: UUID!, $noteId: UUID!) { acceptNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { id } }\n": types.AcceptNoteDocument,
    "\n  mutation RefuseNote($clusterId: UUID!, $noteId: UUID!) { refuseNoteSuggestion(clusterId: $clusterId, noteId: $noteId) { noteId } }\n": types.RefuseNoteDocument,
    "\n  subscription NotesInCluster($id: UUID!) {\n    live {\n      notes(first: 100, where: { clusterId: { eq: $id }, deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n    }\n  }\n": types.NotesInClusterDocument,
    "\n  subscription ConfigurationHistory($table: ConfigurationTable, $entry: UUID) {\n    live {\n      configurationHistory(table: $table, entry: $entry, first: 30) {\n        id at actorEmail byProgram act name canPutBack\n        fields { field before after }\n      }\n    }\n  }\n": types.ConfigurationHistoryDocument,
    "\n  mutation PutBackConfiguration($change: UUID!) { putBackConfiguration(change: $change) }\n": types.PutBackConfigurationDocument,
    "\n  query DatabaseWaits {\n    databaseWaits {\n      lock since\n      waiting { pid role application state since statement }\n      blocking { pid role application state since statement }\n    }\n  }\n": types.DatabaseWaitsDocument,
    "\n  query SlowStatements($orderBy: StatementOrder!) {\n    slowStatements(orderBy: $orderBy, first: 30) {\n      missing\n      statements { statement role calls totalMs meanMs maxMs rows blocksHit blocksRead }\n    }\n  }\n": types.SlowStatementsDocument,
    "\n  query IndexStats { indexStats { table index sizeBytes scans lastUsed isUnique isValid } }\n": types.IndexStatsDocument,
    "\n  query DatabaseStats {\n    databaseStats { table rowEstimate tableBytes indexBytes totalBytes deadRows sequentialScans indexScans lastVacuum }\n    healthCheck { name status problems details }\n  }\n": types.DatabaseStatsDocument,
    "\n  query IntegrityCheck { integrityCheck { name status problems details } }\n": types.IntegrityCheckDocument,
    "\n  query SecurityAudit { securityAudit { severity object finding } }\n": types.SecurityAuditDocument,
    "\n  mutation AnalyzeTables { analyzeTables { table } }\n": types.AnalyzeTablesDocument,
    "\n  subscription DocumentAround($id: UUID!, $versions: DocumentWhere!) {\n    live {\n      documentSources(first: 200, where: { documentId: { eq: $id } }, orderBy: [{ position: ASC }]) { totalCount nodes { position isUsed noteId note { id content } } }\n      documents(first: 50, where: $versions, orderBy: [{ version: DESC }, { createdAt: DESC }]) { nodes { id title version createdAt generationState content } }\n    }\n  }\n": types.DocumentAroundDocument,
    "\n  mutation StopDocument($id: UUID!) { cancelJob(id: $id) { id } }\n": types.StopDocumentDocument,
    "\n  mutation RemoveDocument($id: UUID!) { deleteDocument(id: $id) { id } }\n": types.RemoveDocumentDocument,
    "\n  query ClustersToWriteOf {\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id title status activeNoteCount noteSuggestions(first: 1) { totalCount } } }\n  }\n": types.ClustersToWriteOfDocument,
    "\n  query NotesToWriteOf($where: NoteWhere!) { notes(first: 40, where: $where, orderBy: [{ updatedAt: DESC }]) { nodes { id content } } }\n": types.NotesToWriteOfDocument,
    "\n  mutation GenerateDocument(\n    $clusterId: UUID, $noteIds: [UUID!], $parentDocumentId: UUID, $title: String, $format: DocumentFormat!, $instructions: String, $provider: String, $model: String\n  ) {\n    generateDocument(\n      clusterId: $clusterId, noteIds: $noteIds, parentDocumentId: $parentDocumentId, title: $title, format: $format\n      instructions: $instructions, provider: $provider, model: $model\n    ) { document { id } }\n  }\n": types.GenerateDocumentDocument,
    "\n  subscription OneFeedback($id: UUID!) {\n    live {\n      feedback(id: $id) {\n        id message feedbackType status priority rating contactName contactEmail createdAt respondedAt adminResponse\n        user { displayName email } admin { displayName email } category { name }\n        tagLinks(first: 50) { nodes { tagId } }\n      }\n      feedbackTags(first: 100, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name color } }\n    }\n  }\n": types.OneFeedbackDocument,
    "\n  mutation AnswerFeedback($id: UUID!, $set: FeedbackSet!) { updateFeedback(id: $id, set: $set) { id } }\n": types.AnswerFeedbackDocument,
    "\n  mutation TagFeedback($input: FeedbackTagLinkInput!) { createFeedbackTagLink(input: $input) { tagId } }\n": types.TagFeedbackDocument,
    "\n  mutation UntagFeedback($feedbackId: UUID!, $tagId: UUID!) { deleteFeedbackTagLink(feedbackId: $feedbackId, tagId: $tagId) { tagId } }\n": types.UntagFeedbackDocument,
    "\n  query FeedbackFigures($where: FeedbackWhere!, $answered: FeedbackWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!, $since: Date!) {\n    days: feedbacksAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) { count group { createdAt } avg { rating } }\n    all: feedbacksAggregate(where: $where) { count avg { rating } }\n    answered: feedbacksAggregate(where: $answered) { count }\n    types: feedbacksAggregate(where: $where, groupBy: [{ column: FEEDBACK_TYPE }], first: 20) { count group { feedbackType } avg { rating } }\n    states: feedbacksAggregate(where: $where, groupBy: [{ column: STATUS }], first: 20) { count group { status } }\n    priorities: feedbacksAggregate(where: $where, groupBy: [{ column: PRIORITY }], first: 20) { count group { priority } }\n    ratings: feedbacksAggregate(where: $where, groupBy: [{ column: RATING }], first: 20) { count group { rating } }\n    kinds: feedbacksAggregate(where: $where, groupBy: [{ column: CATEGORY_ID }], first: 50) { count group { categoryId } }\n    feedbackCategories(first: 100) { nodes { id name } }\n    feedbackTags(first: 100) { nodes { id name feedbackLinks(first: 1, where: { feedback: $where }) { totalCount } } }\n    feedbackDays(first: 100, where: { date: { gte: $since } }, orderBy: [{ date: ASC }]) { nodes { date avgResponseTimeHours } }\n  }\n": types.FeedbackFiguresDocument,
    "\n  query BucketCount($bucket: String!) { objects(where: { bucketId: { eq: $bucket }, version: { isNull: false } }, first: 1) { totalCount } }\n": types.BucketCountDocument,
    "\n  subscription OneFile($where: ObjectWhere!) {\n    live { objects(where: $where, first: 1) { nodes { id name bucketId metadata userMetadata createdAt updatedAt lastAccessedAt uploader { displayName email } } } }\n  }\n": types.OneFileDocument,
    "\n  mutation SignFile($bucket: String!, $name: String!, $expiresIn: Int!, $download: String) {\n    createSignedUrl(bucket: $bucket, name: $name, expiresIn: $expiresIn, download: $download) { url }\n  }\n": types.SignFileDocument,
    "\n  mutation MoveFile($id: UUID!, $set: ObjectSet!) { updateObject(id: $id, set: $set) { id } }\n": types.MoveFileDocument,
    "\n  subscription FileChanges($where: ObjectWhere) { objectsChanges(where: $where) { operation } }\n": types.FileChangesDocument,
    "\n  subscription FindFiles($where: ObjectWhere!) {\n    live { objects(where: $where, first: 200, orderBy: [{ updatedAt: DESC }]) { totalCount nodes { id name metadata updatedAt } } }\n  }\n": types.FindFilesDocument,
    "\n  mutation RemoveFiles($where: ObjectWhere!) { deleteObjects(where: $where, atMost: 10000) { affectedCount } }\n": types.RemoveFilesDocument,
    "\n  subscription FileBuckets {\n    live {\n      buckets(first: 100, orderBy: [{ name: ASC }]) { nodes { id name public fileSizeLimit allowedMimeTypes createdAt } }\n      projects(first: 100, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id name } }\n    }\n  }\n": types.FileBucketsDocument,
    "\n  query CountPeople { adminUsers(first: 1) { totalCount } }\n": types.CountPeopleDocument,
    "\n  mutation LoadDemoData { loadDemoData { rows email adminEmail password } }\n": types.LoadDemoDataDocument,
    "\n  subscription ServerMetrics {\n    serverMetrics {\n      server at operations errors p50Ms p99Ms changes changesDelivered jobsBegun jobsEnded sockets subscriptions\n      requestsWaiting connectionsUsed connections unreadBytes memoryBytes\n    }\n  }\n": types.ServerMetricsDocument,
    "\n  subscription ServerNow {\n    live {\n      healthReport {\n        openAlerts\n        figures { kind subject value unit threshold details alerting }\n      }\n      jobsAggregate(groupBy: [{ column: STATUS }]) { count group { status } }\n    }\n  }\n": types.ServerNowDocument,
    "\n  subscription ServerMinutes($since: DateTime!) {\n    live {\n      performanceMetricsAggregate(\n        where: { recordedAt: { gte: $since }, metricType: { in: [QUERY, REQUEST] } }\n        groupBy: [{ column: RECORDED_AT, truncate: MINUTE }]\n        first: 70\n      ) {\n        group { recordedAt }\n        sum { sampleCount errorCount }\n        avg { p50Ms p95Ms }\n      }\n    }\n  }\n": types.ServerMinutesDocument,
    "\n  subscription MyWorkspace($me: UUID!) {\n    live {\n      notes(first: 5, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n        totalCount\n        nodes { id content tags updatedAt wordCount cluster { id title } }\n      }\n      clusters(first: 1) { totalCount }\n      documents(first: 1) { totalCount }\n      chats(first: 1, where: { userId: { eq: $me } }) { totalCount }\n      artifacts(first: 1) { totalCount }\n      projects(first: 1, where: { deletedAt: { isNull: true } }) { totalCount }\n    }\n  }\n": types.MyWorkspaceDocument,
    "\n  subscription MyInsights {\n    live {\n      insights(first: 104, orderBy: [{ weekStart: DESC }]) { nodes { id title content weekStart weekEnd generatedAt generationMetadata } }\n      jobs(first: 3, where: { jobType: { eq: \"insights.write\" } }, orderBy: [{ createdAt: DESC }]) { nodes { id status progress error result } }\n    }\n  }\n": types.MyInsightsDocument,
    "\n  mutation GenerateWeeklyInsight($week: Date, $provider: String, $model: String) {\n    generateWeeklyInsight(week: $week, provider: $provider, model: $model) { id }\n  }\n": types.GenerateWeeklyInsightDocument,
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
    "\n  query RenderTemplate($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {\n    renderTemplate(template: $template, templateId: $templateId, framework: $framework, variables: $variables) { text missing unknown }\n  }\n": types.RenderTemplateDocument,
    "\n  subscription PromptsBeingWritten {\n    live { jobs(first: 20, where: { jobType: { eq: \"prompts.generate\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id payload progress } } }\n  }\n": types.PromptsBeingWrittenDocument,
    "\n  mutation StopPrompt($id: UUID!) { cancelJob(id: $id) { id } }\n": types.StopPromptDocument,
    "\n  mutation RemovePromptEntry($id: UUID!) { deletePromptHistoryEntry(id: $id) { id } }\n": types.RemovePromptEntryDocument,
    "\n  mutation RemovePromptGeneration($id: UUID!) { deletePromptGeneration(id: $id) { id } }\n": types.RemovePromptGenerationDocument,
    "\n  query PromptMaking {\n    promptFrameworks(first: 50, where: { isEnabled: { eq: true } }, orderBy: [{ sortOrder: ASC }]) { nodes { name displayName description components template examples } }\n    promptTemplates(first: 200, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name frameworkId templateContent variables } }\n  }\n": types.PromptMakingDocument,
    "\n  mutation GeneratePrompt(\n    $framework: String!, $input: String!, $variables: JSON, $templateId: UUID, $tone: String, $length: String, $vibeCoding: Boolean!\n    $temperature: Float, $maxTokens: Int, $provider: String, $model: String\n  ) {\n    generatePrompt(\n      framework: $framework, input: $input, variables: $variables, templateId: $templateId, tone: $tone, length: $length, vibeCoding: $vibeCoding\n      temperature: $temperature, maxTokens: $maxTokens, provider: $provider, model: $model\n    ) { entry { id } }\n  }\n": types.GeneratePromptDocument,
    "\n  subscription Listen($channel: String!, $private: Boolean!) {\n    broadcast(channel: $channel, private: $private) { id event payload bytes }\n  }\n": types.ListenDocument,
    "\n  subscription Who($channel: String!, $private: Boolean!) {\n    presence(channel: $channel, private: $private) { complete joins { key meta } leaves { key } }\n  }\n": types.WhoDocument,
    "\n  mutation SendBroadcast($channel: String!, $event: String!, $payload: JSON!, $private: Boolean!) {\n    sendBroadcast(channel: $channel, event: $event, payload: $payload, private: $private)\n  }\n": types.SendBroadcastDocument,
    "\n  subscription Settings {\n    live {\n      systemSettings {\n        maxProjectsPerUser\n        alerts { connectionsPercent databaseBytes deadJobs diskFreePercent errorPercent quotaPercent slowStatementSeconds slowStatements }\n        logging {\n          agentActivity errors userActivity sampleRate\n          privacy { anonymizeIp messageContent redactEmails requestPath userAgent }\n          retentionDays { agentActivity errors measurements userActivity }\n        }\n      }\n      featureFlags { name enabled }\n    }\n  }\n": types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) { updateSystemSettings(input: $input) { maxProjectsPerUser } }\n": types.UpdateSettingsDocument,
    "\n  mutation SetFlag($name: String!, $enabled: Boolean!) { setFeatureFlag(name: $name, enabled: $enabled) { name } }\n": types.SetFlagDocument,
    "\n  mutation DeleteFlag($name: String!) { deleteFeatureFlag(name: $name) }\n": types.DeleteFlagDocument,
    "\n  subscription UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    live {\n      days: usageLogsAggregate(\n        where: $where\n        groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n        first: 100\n      ) {\n        count\n        group { createdAt }\n        sum { totalCost totalTokens }\n      }\n      agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n        count\n        group { agentType }\n        sum { totalCost totalTokens }\n      }\n      models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n        count\n        group { modelUsed }\n        sum { totalCost totalTokens }\n      }\n    }\n  }\n": types.UsageByDayDocument,
    "\n  query Users($search: String, $first: Int!, $offset: Int!) {\n    adminUsers(search: $search, first: $first, offset: $offset) {\n      totalCount\n      nodes { id email isAnonymous appMetadata bannedUntil emailConfirmedAt lastSignInAt createdAt }\n    }\n  }\n": types.UsersDocument,
    "\n  mutation CreateUser($input: AdminCreateUserInput!) { adminCreateUser(input: $input) { id } }\n": types.CreateUserDocument,
    "\n  mutation BanUser($id: UUID!, $until: DateTime) { adminBanUser(id: $id, until: $until) { id } }\n": types.BanUserDocument,
    "\n  mutation SetUserRole($id: UUID!, $role: String) { adminSetUserRole(id: $id, role: $role) { id } }\n": types.SetUserRoleDocument,
    "\n  mutation InviteUser($email: String!) { adminInviteUser(email: $email) { id } }\n": types.InviteUserDocument,
    "\n  mutation ActAs($id: UUID!) {\n    adminActAs(id: $id) { accessToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n  }\n": types.ActAsDocument,
    "\n  query UserFactors($id: UUID!) { adminFactors(id: $id) { id type friendlyName verifiedAt createdAt } }\n": types.UserFactorsDocument,
    "\n  mutation RemoveUserFactor($id: UUID!, $factorId: UUID!) { adminRemoveFactor(id: $id, factorId: $factorId) }\n": types.RemoveUserFactorDocument,
    "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n": types.DeleteUserDocument,
    "\n  query MyPlace($project: UUID!) { people(projectId: $project) { userId role isOwner } }\n": types.MyPlaceDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModelsToChoose {\n    modelConfigs(first: 100, where: { isActive: { eq: true } }, orderBy: [{ provider: ASC }, { name: ASC }]) { nodes { modelId name provider isDefault } }\n  }\n"): typeof import('./graphql').ModelsToChooseDocument;
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
export function graphql(source: "\n  mutation EnrollKey($friendlyName: String!) { enrollWebauthn(friendlyName: $friendlyName) { id } }\n"): typeof import('./graphql').EnrollKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AskForKey($factorId: UUID!) { challengeFactor(factorId: $factorId) { challengeId options } }\n"): typeof import('./graphql').AskForKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VerifyKey($factorId: UUID!, $challengeId: UUID!, $credential: JSON!) {\n    verifyWebauthn(factorId: $factorId, challengeId: $challengeId, credential: $credential) {\n      recoveryCodes\n      session { accessToken refreshToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n    }\n  }\n"): typeof import('./graphql').VerifyKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GiveUpFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n"): typeof import('./graphql').GiveUpFactorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyFactors { factors { id type friendlyName verifiedAt createdAt } }\n"): typeof import('./graphql').MyFactorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnenrollFactor($factorId: UUID!) { unenrollFactor(factorId: $factorId) }\n"): typeof import('./graphql').UnenrollFactorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation NewRecoveryCodes { regenerateRecoveryCodes }\n"): typeof import('./graphql').NewRecoveryCodesDocument;
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
export function graphql(source: "\n  mutation TryKey($provider: String!) { validateApiConfiguration(provider: $provider) { id } }\n"): typeof import('./graphql').TryKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveKey($id: UUID!) { deleteApiConfiguration(id: $id) { id } }\n"): typeof import('./graphql').RemoveKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyPasskeys { passkeys { id friendlyName createdAt lastUsedAt } }\n"): typeof import('./graphql').MyPasskeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation BeginPasskeyRegistration { beginPasskeyRegistration { challengeId options } }\n"): typeof import('./graphql').BeginPasskeyRegistrationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation FinishPasskeyRegistration($challengeId: UUID!, $credential: JSON!, $friendlyName: String) {\n    finishPasskeyRegistration(challengeId: $challengeId, credential: $credential, friendlyName: $friendlyName) { id }\n  }\n"): typeof import('./graphql').FinishPasskeyRegistrationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RenamePasskey($id: UUID!, $friendlyName: String!) { renamePasskey(id: $id, friendlyName: $friendlyName) { id } }\n"): typeof import('./graphql').RenamePasskeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemovePasskey($id: UUID!) { removePasskey(id: $id) }\n"): typeof import('./graphql').RemovePasskeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MailReauthenticationCode { requestReauthentication }\n"): typeof import('./graphql').MailReauthenticationCodeDocument;
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
export function graphql(source: "\n  mutation DeleteAccount($currentPassword: String, $code: String) { deleteAccount(currentPassword: $currentPassword, code: $code) }\n"): typeof import('./graphql').DeleteAccountDocument;
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
export function graphql(source: "\n  query MyAccessTokens { personalAccessTokens { id name scopes createdAt expiresAt lastUsedAt isExpired } }\n"): typeof import('./graphql').MyAccessTokensDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateAccessToken($name: String!, $scopes: [PersonalAccessTokenScope!]!, $expiresInDays: Int!) {\n    createPersonalAccessToken(name: $name, scopes: $scopes, expiresInDays: $expiresInDays) { token personalAccessToken { name expiresAt } }\n  }\n"): typeof import('./graphql').CreateAccessTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeAccessToken($id: UUID!) { revokePersonalAccessToken(id: $id) }\n"): typeof import('./graphql').RevokeAccessTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FollowAnswer($streamId: UUID!) {\n    chatStream(streamId: $streamId, after: 0) { offset kind text from toolName isError error { message } }\n  }\n"): typeof import('./graphql').FollowAnswerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopStream($id: UUID!) { stopStream(id: $id) { id } }\n"): typeof import('./graphql').StopStreamDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FilesToAttach($objects: ObjectWhere!, $recordings: AudioRecordingWhere!) {\n    objects(first: 50, where: $objects, orderBy: [{ updatedAt: DESC }]) { nodes { id name metadata } }\n    audioRecordings(first: 20, where: $recordings, orderBy: [{ createdAt: DESC }]) { nodes { id fileName sizeBytes } }\n  }\n"): typeof import('./graphql').FilesToAttachDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($chatId: UUID, $parts: JSON!, $attachments: [ChatAttachmentInput!], $options: AnswerOptions) {\n    sendMessage(chatId: $chatId, parts: $parts, attachments: $attachments, options: $options) { streamId chat { id } }\n  }\n"): typeof import('./graphql').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ChatMessages($chatId: UUID!) {\n    live {\n      messages(where: { chatId: { eq: $chatId }, isCurrent: { eq: true } }, orderBy: [{ createdAt: ASC }], first: 200) {\n        nodes {\n          id role parts attachments attachmentUrls(expiresIn: 86400) modelUsed inputTokens outputTokens cost createdAt parentId\n          streams(first: 1, orderBy: [{ createdAt: DESC }]) { nodes { id status errorMessage endedAt } }\n        }\n      }\n      chat(id: $chatId) { tree: messages(first: 500, orderBy: [{ createdAt: ASC }]) { nodes { id parentId role } } }\n    }\n  }\n"): typeof import('./graphql').ChatMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EditMessage($id: UUID!, $parts: JSON!, $options: AnswerOptions) { editMessage(id: $id, parts: $parts, options: $options) { streamId } }\n"): typeof import('./graphql').EditMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RegenerateMessage($id: UUID!, $options: AnswerOptions) { regenerateMessage(id: $id, options: $options) { streamId } }\n"): typeof import('./graphql').RegenerateMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ShowBranch($id: UUID!) { showBranch(id: $id) { id } }\n"): typeof import('./graphql').ShowBranchDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AnswerToolRequest($messageId: UUID!, $toolCallId: String!, $approved: Boolean!) {\n    answerToolRequest(messageId: $messageId, toolCallId: $toolCallId, approved: $approved) { streamId }\n  }\n"): typeof import('./graphql').AnswerToolRequestDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Likeness($l0: UUID!, $l1: UUID!, $l2: UUID!, $l3: UUID!, $l4: UUID!, $l5: UUID!, $l6: UUID!, $l7: UUID!, $l8: UUID!, $l9: UUID!, $l10: UUID!, $l11: UUID!, $l12: UUID!, $l13: UUID!, $l14: UUID!, $l15: UUID!, $l16: UUID!, $l17: UUID!, $l18: UUID!, $l19: UUID!, $l20: UUID!, $l21: UUID!, $l22: UUID!, $l23: UUID!) {\n    l0: similarNotes(noteId: $l0, first: 150) { similarity note { id } }\n    l1: similarNotes(noteId: $l1, first: 150) { similarity note { id } }\n    l2: similarNotes(noteId: $l2, first: 150) { similarity note { id } }\n    l3: similarNotes(noteId: $l3, first: 150) { similarity note { id } }\n    l4: similarNotes(noteId: $l4, first: 150) { similarity note { id } }\n    l5: similarNotes(noteId: $l5, first: 150) { similarity note { id } }\n    l6: similarNotes(noteId: $l6, first: 150) { similarity note { id } }\n    l7: similarNotes(noteId: $l7, first: 150) { similarity note { id } }\n    l8: similarNotes(noteId: $l8, first: 150) { similarity note { id } }\n    l9: similarNotes(noteId: $l9, first: 150) { similarity note { id } }\n    l10: similarNotes(noteId: $l10, first: 150) { similarity note { id } }\n    l11: similarNotes(noteId: $l11, first: 150) { similarity note { id } }\n    l12: similarNotes(noteId: $l12, first: 150) { similarity note { id } }\n    l13: similarNotes(noteId: $l13, first: 150) { similarity note { id } }\n    l14: similarNotes(noteId: $l14, first: 150) { similarity note { id } }\n    l15: similarNotes(noteId: $l15, first: 150) { similarity note { id } }\n    l16: similarNotes(noteId: $l16, first: 150) { similarity note { id } }\n    l17: similarNotes(noteId: $l17, first: 150) { similarity note { id } }\n    l18: similarNotes(noteId: $l18, first: 150) { similarity note { id } }\n    l19: similarNotes(noteId: $l19, first: 150) { similarity note { id } }\n    l20: similarNotes(noteId: $l20, first: 150) { similarity note { id } }\n    l21: similarNotes(noteId: $l21, first: 150) { similarity note { id } }\n    l22: similarNotes(noteId: $l22, first: 150) { similarity note { id } }\n    l23: similarNotes(noteId: $l23, first: 150) { similarity note { id } }\n  }\n"): typeof import('./graphql').LikenessDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NotesToMap {\n    notes(first: 400, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) {\n      totalCount\n      nodes { id content clusterId noteSuggestions(first: 1, where: { refusedAt: { isNull: true } }, orderBy: [{ similarity: DESC }]) { nodes { clusterId } } }\n    }\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ title: ASC }]) { nodes { id title status } }\n  }\n"): typeof import('./graphql').NotesToMapDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NotesSuggestedFor($id: UUID!) { noteSuggestions(first: 200, where: { clusterId: { eq: $id }, refusedAt: { isNull: true } }) { pageInfo { hasNextPage } nodes { noteId } } }\n"): typeof import('./graphql').NotesSuggestedForDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MergeSuggested($id: UUID!, $into: UUID!, $noteIds: [UUID!]!, $atMost: Int!) {\n    updateNotes(where: { id: { in: $noteIds }, clusterId: { isNull: true } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    dismissCluster(id: $id) { id }\n  }\n"): typeof import('./graphql').MergeSuggestedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MergeOwn($id: UUID!, $into: UUID!, $atMost: Int!) {\n    updateNotes(where: { clusterId: { eq: $id } }, set: { clusterId: $into }, atMost: $atMost) { affectedCount }\n    deleteCluster(id: $id) { id }\n  }\n"): typeof import('./graphql').MergeOwnDocument;
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
export function graphql(source: "\n  subscription ConfigurationHistory($table: ConfigurationTable, $entry: UUID) {\n    live {\n      configurationHistory(table: $table, entry: $entry, first: 30) {\n        id at actorEmail byProgram act name canPutBack\n        fields { field before after }\n      }\n    }\n  }\n"): typeof import('./graphql').ConfigurationHistoryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PutBackConfiguration($change: UUID!) { putBackConfiguration(change: $change) }\n"): typeof import('./graphql').PutBackConfigurationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DatabaseWaits {\n    databaseWaits {\n      lock since\n      waiting { pid role application state since statement }\n      blocking { pid role application state since statement }\n    }\n  }\n"): typeof import('./graphql').DatabaseWaitsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SlowStatements($orderBy: StatementOrder!) {\n    slowStatements(orderBy: $orderBy, first: 30) {\n      missing\n      statements { statement role calls totalMs meanMs maxMs rows blocksHit blocksRead }\n    }\n  }\n"): typeof import('./graphql').SlowStatementsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query IndexStats { indexStats { table index sizeBytes scans lastUsed isUnique isValid } }\n"): typeof import('./graphql').IndexStatsDocument;
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
export function graphql(source: "\n  subscription DocumentAround($id: UUID!, $versions: DocumentWhere!) {\n    live {\n      documentSources(first: 200, where: { documentId: { eq: $id } }, orderBy: [{ position: ASC }]) { totalCount nodes { position isUsed noteId note { id content } } }\n      documents(first: 50, where: $versions, orderBy: [{ version: DESC }, { createdAt: DESC }]) { nodes { id title version createdAt generationState content } }\n    }\n  }\n"): typeof import('./graphql').DocumentAroundDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopDocument($id: UUID!) { cancelJob(id: $id) { id } }\n"): typeof import('./graphql').StopDocumentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveDocument($id: UUID!) { deleteDocument(id: $id) { id } }\n"): typeof import('./graphql').RemoveDocumentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ClustersToWriteOf {\n    clusters(first: 200, where: { dismissedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id title status activeNoteCount noteSuggestions(first: 1) { totalCount } } }\n  }\n"): typeof import('./graphql').ClustersToWriteOfDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NotesToWriteOf($where: NoteWhere!) { notes(first: 40, where: $where, orderBy: [{ updatedAt: DESC }]) { nodes { id content } } }\n"): typeof import('./graphql').NotesToWriteOfDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GenerateDocument(\n    $clusterId: UUID, $noteIds: [UUID!], $parentDocumentId: UUID, $title: String, $format: DocumentFormat!, $instructions: String, $provider: String, $model: String\n  ) {\n    generateDocument(\n      clusterId: $clusterId, noteIds: $noteIds, parentDocumentId: $parentDocumentId, title: $title, format: $format\n      instructions: $instructions, provider: $provider, model: $model\n    ) { document { id } }\n  }\n"): typeof import('./graphql').GenerateDocumentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OneFeedback($id: UUID!) {\n    live {\n      feedback(id: $id) {\n        id message feedbackType status priority rating contactName contactEmail createdAt respondedAt adminResponse\n        user { displayName email } admin { displayName email } category { name }\n        tagLinks(first: 50) { nodes { tagId } }\n      }\n      feedbackTags(first: 100, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name color } }\n    }\n  }\n"): typeof import('./graphql').OneFeedbackDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AnswerFeedback($id: UUID!, $set: FeedbackSet!) { updateFeedback(id: $id, set: $set) { id } }\n"): typeof import('./graphql').AnswerFeedbackDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TagFeedback($input: FeedbackTagLinkInput!) { createFeedbackTagLink(input: $input) { tagId } }\n"): typeof import('./graphql').TagFeedbackDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UntagFeedback($feedbackId: UUID!, $tagId: UUID!) { deleteFeedbackTagLink(feedbackId: $feedbackId, tagId: $tagId) { tagId } }\n"): typeof import('./graphql').UntagFeedbackDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FeedbackFigures($where: FeedbackWhere!, $answered: FeedbackWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!, $since: Date!) {\n    days: feedbacksAggregate(\n      where: $where\n      groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n      first: 100\n    ) { count group { createdAt } avg { rating } }\n    all: feedbacksAggregate(where: $where) { count avg { rating } }\n    answered: feedbacksAggregate(where: $answered) { count }\n    types: feedbacksAggregate(where: $where, groupBy: [{ column: FEEDBACK_TYPE }], first: 20) { count group { feedbackType } avg { rating } }\n    states: feedbacksAggregate(where: $where, groupBy: [{ column: STATUS }], first: 20) { count group { status } }\n    priorities: feedbacksAggregate(where: $where, groupBy: [{ column: PRIORITY }], first: 20) { count group { priority } }\n    ratings: feedbacksAggregate(where: $where, groupBy: [{ column: RATING }], first: 20) { count group { rating } }\n    kinds: feedbacksAggregate(where: $where, groupBy: [{ column: CATEGORY_ID }], first: 50) { count group { categoryId } }\n    feedbackCategories(first: 100) { nodes { id name } }\n    feedbackTags(first: 100) { nodes { id name feedbackLinks(first: 1, where: { feedback: $where }) { totalCount } } }\n    feedbackDays(first: 100, where: { date: { gte: $since } }, orderBy: [{ date: ASC }]) { nodes { date avgResponseTimeHours } }\n  }\n"): typeof import('./graphql').FeedbackFiguresDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BucketCount($bucket: String!) { objects(where: { bucketId: { eq: $bucket }, version: { isNull: false } }, first: 1) { totalCount } }\n"): typeof import('./graphql').BucketCountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OneFile($where: ObjectWhere!) {\n    live { objects(where: $where, first: 1) { nodes { id name bucketId metadata userMetadata createdAt updatedAt lastAccessedAt uploader { displayName email } } } }\n  }\n"): typeof import('./graphql').OneFileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignFile($bucket: String!, $name: String!, $expiresIn: Int!, $download: String) {\n    createSignedUrl(bucket: $bucket, name: $name, expiresIn: $expiresIn, download: $download) { url }\n  }\n"): typeof import('./graphql').SignFileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MoveFile($id: UUID!, $set: ObjectSet!) { updateObject(id: $id, set: $set) { id } }\n"): typeof import('./graphql').MoveFileDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FileChanges($where: ObjectWhere) { objectsChanges(where: $where) { operation } }\n"): typeof import('./graphql').FileChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FindFiles($where: ObjectWhere!) {\n    live { objects(where: $where, first: 200, orderBy: [{ updatedAt: DESC }]) { totalCount nodes { id name metadata updatedAt } } }\n  }\n"): typeof import('./graphql').FindFilesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveFiles($where: ObjectWhere!) { deleteObjects(where: $where, atMost: 10000) { affectedCount } }\n"): typeof import('./graphql').RemoveFilesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FileBuckets {\n    live {\n      buckets(first: 100, orderBy: [{ name: ASC }]) { nodes { id name public fileSizeLimit allowedMimeTypes createdAt } }\n      projects(first: 100, where: { deletedAt: { isNull: true } }, orderBy: [{ updatedAt: DESC }]) { nodes { id name } }\n    }\n  }\n"): typeof import('./graphql').FileBucketsDocument;
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
export function graphql(source: "\n  subscription ServerMetrics {\n    serverMetrics {\n      server at operations errors p50Ms p99Ms changes changesDelivered jobsBegun jobsEnded sockets subscriptions\n      requestsWaiting connectionsUsed connections unreadBytes memoryBytes\n    }\n  }\n"): typeof import('./graphql').ServerMetricsDocument;
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
export function graphql(source: "\n  subscription MyInsights {\n    live {\n      insights(first: 104, orderBy: [{ weekStart: DESC }]) { nodes { id title content weekStart weekEnd generatedAt generationMetadata } }\n      jobs(first: 3, where: { jobType: { eq: \"insights.write\" } }, orderBy: [{ createdAt: DESC }]) { nodes { id status progress error result } }\n    }\n  }\n"): typeof import('./graphql').MyInsightsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GenerateWeeklyInsight($week: Date, $provider: String, $model: String) {\n    generateWeeklyInsight(week: $week, provider: $provider, model: $model) { id }\n  }\n"): typeof import('./graphql').GenerateWeeklyInsightDocument;
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
export function graphql(source: "\n  query RenderTemplate($template: String, $templateId: UUID, $framework: String, $variables: JSON!) {\n    renderTemplate(template: $template, templateId: $templateId, framework: $framework, variables: $variables) { text missing unknown }\n  }\n"): typeof import('./graphql').RenderTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PromptsBeingWritten {\n    live { jobs(first: 20, where: { jobType: { eq: \"prompts.generate\" }, status: { in: [PENDING, PROCESSING] } }) { nodes { id payload progress } } }\n  }\n"): typeof import('./graphql').PromptsBeingWrittenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopPrompt($id: UUID!) { cancelJob(id: $id) { id } }\n"): typeof import('./graphql').StopPromptDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemovePromptEntry($id: UUID!) { deletePromptHistoryEntry(id: $id) { id } }\n"): typeof import('./graphql').RemovePromptEntryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemovePromptGeneration($id: UUID!) { deletePromptGeneration(id: $id) { id } }\n"): typeof import('./graphql').RemovePromptGenerationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PromptMaking {\n    promptFrameworks(first: 50, where: { isEnabled: { eq: true } }, orderBy: [{ sortOrder: ASC }]) { nodes { name displayName description components template examples } }\n    promptTemplates(first: 200, where: { isActive: { eq: true } }, orderBy: [{ name: ASC }]) { nodes { id name frameworkId templateContent variables } }\n  }\n"): typeof import('./graphql').PromptMakingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GeneratePrompt(\n    $framework: String!, $input: String!, $variables: JSON, $templateId: UUID, $tone: String, $length: String, $vibeCoding: Boolean!\n    $temperature: Float, $maxTokens: Int, $provider: String, $model: String\n  ) {\n    generatePrompt(\n      framework: $framework, input: $input, variables: $variables, templateId: $templateId, tone: $tone, length: $length, vibeCoding: $vibeCoding\n      temperature: $temperature, maxTokens: $maxTokens, provider: $provider, model: $model\n    ) { entry { id } }\n  }\n"): typeof import('./graphql').GeneratePromptDocument;
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
export function graphql(source: "\n  subscription UsageByDay($where: UsageLogWhere!, $from: DateTime!, $to: DateTime!, $timeZone: String!) {\n    live {\n      days: usageLogsAggregate(\n        where: $where\n        groupBy: [{ column: CREATED_AT, truncate: DAY, timeZone: $timeZone, fill: { from: $from, to: $to } }]\n        first: 100\n      ) {\n        count\n        group { createdAt }\n        sum { totalCost totalTokens }\n      }\n      agents: usageLogsAggregate(where: $where, groupBy: [{ column: AGENT_TYPE }], first: 20) {\n        count\n        group { agentType }\n        sum { totalCost totalTokens }\n      }\n      models: usageLogsAggregate(where: $where, groupBy: [{ column: MODEL_USED }], first: 20) {\n        count\n        group { modelUsed }\n        sum { totalCost totalTokens }\n      }\n    }\n  }\n"): typeof import('./graphql').UsageByDayDocument;
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
export function graphql(source: "\n  mutation InviteUser($email: String!) { adminInviteUser(email: $email) { id } }\n"): typeof import('./graphql').InviteUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ActAs($id: UUID!) {\n    adminActAs(id: $id) { accessToken expiresAt user { id email isAnonymous appMetadata userMetadata } }\n  }\n"): typeof import('./graphql').ActAsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserFactors($id: UUID!) { adminFactors(id: $id) { id type friendlyName verifiedAt createdAt } }\n"): typeof import('./graphql').UserFactorsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveUserFactor($id: UUID!, $factorId: UUID!) { adminRemoveFactor(id: $id, factorId: $factorId) }\n"): typeof import('./graphql').RemoveUserFactorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteUser($id: UUID!) { adminDeleteUser(id: $id) { id } }\n"): typeof import('./graphql').DeleteUserDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyPlace($project: UUID!) { people(projectId: $project) { userId role isOwner } }\n"): typeof import('./graphql').MyPlaceDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

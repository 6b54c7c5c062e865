//! `databaseWaits`: who waits for whom.

pub(super) const SDL: &str = r#"
extend type Query {
  """
  Which session of the database waits for a lock of which other, the longest wait first. Who waits for several is there
  several times. For administrators.
  """
  databaseWaits: [DatabaseWait!]!
}
"A session that waits for another."
type DatabaseWait {
  "Who waits."
  waiting: DatabaseSession!
  "For whom."
  blocking: DatabaseSession!
  "For which lock, on what."
  lock: String!
  "Since when."
  since: DateTime
}
"A session of the database."
type DatabaseSession {
  "The number of its process; 0 for a prepared transaction, which has none."
  pid: Int!
  "Its database role."
  role: String
  "What its program calls itself."
  application: String
  "What it does, as in pg_stat_activity: active, idle in transaction, …"
  state: String
  "When its transaction began."
  since: DateTime
  "Its statement, or the last one, with a question mark for each value; null where the server may not read it."
  statement: String
}
"#;

sql_action!(anyone, "select public.get_database_waits()");

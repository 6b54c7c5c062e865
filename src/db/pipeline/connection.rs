//! One connection: messages out, messages in.

use std::{
    collections::HashMap,
    io,
    mem::size_of,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use futures_util::{FutureExt, future::poll_fn};
use postgres_protocol::{
    IsNull,
    message::{
        backend::Header,
        frontend::{self, BindError},
    },
};
use postgres_types::{ToSql, Type};
use tokio::io::AsyncWrite;
use tokio_util::io::poll_read_buf;

use super::connect::{Cancellation, OpenConnection, Stream};
use crate::{
    auth::Role,
    db::{
        PREPARED_MAX,
        fault::{Report, StatementError},
        lanes::Work,
        rows::{RowError, Rows},
    },
};

/// Room that is made before each look at the stream.
const READ_SIZE_BYTES: usize = 32 << 10;
/// A buffer that grew larger than this for one answer is given back to the system.
const KEPT_BUFFER_BYTES: usize = 1 << 20;
/// What a server that is ready says of the transaction.
const NOT_IN_BLOCK: &[u8] = b"I";
/// Every value travels in PostgreSQL's binary form.
const BINARY: i16 = 1;

/// The types of messages of the server.
mod message {
    pub(super) const PARSE_COMPLETE: u8 = b'1';
    pub(super) const DATA_ROW: u8 = b'D';
    pub(super) const COMMAND_COMPLETE: u8 = b'C';
    pub(super) const EMPTY_QUERY: u8 = b'I';
    pub(super) const ERROR: u8 = b'E';
    pub(super) const READY_FOR_QUERY: u8 = b'Z';
    pub(super) const NOTICE: u8 = b'N';
    pub(super) const PARAMETER_STATUS: u8 = b'S';
    pub(super) const NOTIFICATION: u8 = b'A';
}

/// A statement of a transaction, with its parameters.
pub struct Call<'a> {
    /// The SQL, under which it is kept prepared.
    pub sql: &'a str,
    /// The types of its parameters.
    pub types: &'a [Type],
    /// Its parameters.
    pub values: Vec<&'a (dyn ToSql + Sync)>,
    /// What its cost is remembered under.
    pub work: Work,
}

/// Learns of rows while more are awaited: the place of the statement, and all of its rows so far.
pub type Arrived<'a> = dyn FnMut(usize, &Rows) + Send + 'a;

/// A statement failed: its place, and why.
pub(super) type Failed = (usize, StatementError);

/// A connection that sends all statements of a transaction at once.
pub(super) struct Connection {
    stream: Stream,
    pub(super) cancellation: Cancellation,
    input: BytesMut,
    output: BytesMut,
    flushed: bool,
    /// A buffer has become larger than is kept.
    grown: bool,
    prepared: StatementCache,
    /// How large the rows of one transaction may be together.
    rows_max_bytes: usize,
    /// What was sent and not yet answered to its end.
    awaited: Option<Replies>,
    /// A transaction block is open, because it failed before its commit.
    in_block: bool,
    broken: bool,
}

/// The statements that a connection has prepared, by role and SQL. PostgreSQL plans a statement that row level security
/// has to do with for one role, and plans it again whenever the role is another.
struct StatementCache {
    /// Whether any may be kept: behind a pooler the next transaction runs in another session.
    is_kept: bool,
    /// Begins every name, so that no two connections use the same: behind a pooler that knows nothing of prepared
    /// statements they might meet on one server, and a name must then be unknown rather than another's.
    prefix: u64,
    names: HashMap<Role, HashMap<Box<str>, u32>>,
    next: u32,
    /// Those of the running transaction, in order: PostgreSQL has not confirmed them yet.
    new: Vec<(Role, Box<str>)>,
}

/// The answers to the statements of one transaction.
#[derive(Default)]
struct Replies {
    rows: Vec<Rows>,
    /// How large they are together.
    bytes: usize,
    /// How many statements have ended; the one with this number speaks now.
    ended: usize,
    /// Of how many the rows were told to the last.
    told: usize,
    parsed: usize,
    failed: Option<Failed>,
}

impl Connection {
    /// A connection on which statements are prepared once when it `is_session`, else for each transaction. The rows of
    /// a transaction have at most `rows_max_bytes` together.
    pub(super) fn new(opened: OpenConnection, is_session: bool, rows_max_bytes: usize) -> Self {
        Connection {
            stream: opened.stream,
            cancellation: opened.cancellation,
            input: BytesMut::new(),
            output: BytesMut::new(),
            flushed: true,
            grown: false,
            prepared: StatementCache {
                is_kept: is_session,
                prefix: rand::random(),
                names: HashMap::new(),
                next: 0,
                new: Vec::new(),
            },
            rows_max_bytes,
            awaited: None,
            in_block: false,
            broken: false,
        }
    }

    /// Runs statements in one transaction, which is one round trip: everything up to Sync is written before anything
    /// is awaited, and Sync commits unless a statement opened a transaction block. Gives the rows of each, and tells
    /// `arrived` of them before it waits for more. `role` is the one that the first of them takes.
    ///
    /// # Errors
    /// The first statement that failed; the number of statements if the commit did. The rest did not run, and nothing
    /// was changed.
    ///
    /// # Cancellation
    /// If the future is dropped, the transaction runs on: see [`Self::is_idle`] and [`Self::settle`].
    pub(super) async fn run(
        &mut self,
        role: Role,
        calls: &[&Call<'_>],
        arrived: &mut Arrived<'_>,
    ) -> Result<Vec<Rows>, Failed> {
        let closes = self.prepared.count() > PREPARED_MAX;
        if let Err(failed) = self.compose(role, calls) {
            self.output.clear();
            self.prepared.forget_new(0);
            // Else the statements that were to be closed would stay.
            self.broken |= closes;
            return Err(failed);
        }
        let (ended, replies) = self.exchange(calls.len(), arrived).await;
        if let Err(error) = ended {
            // What the server said before it hung up says more.
            let unsaid = || (replies.ended, StatementError::Connection(error));
            return Err(replies.failed.unwrap_or_else(unsaid));
        }
        if let Err(error) = self.roll_back().await {
            tracing::debug!(%error, "a failed transaction could not be rolled back");
        }
        match replies.failed {
            Some((place, error)) => {
                self.broken |= is_of_connection(&error);
                Err((place, error))
            }
            None if replies.ended != calls.len() => {
                self.broken = true;
                Err((replies.ended, RowError::Malformed.into()))
            }
            None => Ok(replies.rows),
        }
    }

    /// Whether everything that was sent has been answered, and the connection can be used.
    pub(super) fn is_idle(&self) -> bool {
        self.awaited.is_none() && !self.in_block && !self.broken
    }

    /// Reads what is left of a transaction whose future was dropped, and leaves none open.
    ///
    /// # Errors
    /// When the connection ended.
    pub(super) async fn settle(&mut self) -> io::Result<()> {
        if self.awaited.is_some() {
            let (ended, _) = self.answered(&mut |_, _| ()).await;
            ended?;
        }
        self.roll_back().await
    }

    /// Ends the transaction block that is open, if one is.
    async fn roll_back(&mut self) -> io::Result<()> {
        if self.in_block {
            frontend::query("rollback", &mut self.output)?;
            let (ended, _) = self.exchange(0, &mut |_, _| ()).await;
            ended?;
        }
        Ok(())
    }

    /// Sends what was composed and reads the answers.
    async fn exchange(
        &mut self,
        calls: usize,
        arrived: &mut Arrived<'_>,
    ) -> (io::Result<()>, Replies) {
        self.flushed = false;
        self.awaited = Some(Replies {
            rows: vec![Rows::default(); calls],
            ..Replies::default()
        });
        self.answered(arrived).await
    }

    async fn answered(&mut self, arrived: &mut Arrived<'_>) -> (io::Result<()>, Replies) {
        let ended = poll_fn(|context| self.poll_replies(context, arrived)).await;
        // Whatever is left in the buffers is nobody else's.
        self.broken |= ended.is_err();
        let replies = self.awaited.take().unwrap_or_default();
        self.prepared.forget_new(replies.parsed);
        self.shrink();
        (ended, replies)
    }

    /// Whether the server has not hung up while nobody looked. What else it says between transactions (a setting has
    /// changed) is dropped.
    pub(super) fn is_alive(&mut self) -> bool {
        if !self.is_idle() {
            return false;
        }
        loop {
            match poll_fn(|context| self.poll_fill(context)).now_or_never() {
                None => return self.drop_notices(),
                Some(Ok(())) => {}
                Some(Err(_)) => return false,
            }
        }
    }

    fn drop_notices(&mut self) -> bool {
        while let Ok(Some((tag, body))) = next_message(&mut self.input) {
            match tag {
                message::NOTICE | message::PARAMETER_STATUS | message::NOTIFICATION => {}
                message::ERROR => {
                    let report = Report::read(&body);
                    tracing::debug!(%report, "the database closed an idle connection");
                    return false;
                }
                // An answer to nothing that was asked.
                _ => return false,
            }
        }
        self.input.is_empty()
    }

    fn compose(&mut self, role: Role, calls: &[&Call<'_>]) -> Result<(), Failed> {
        if self.prepared.count() > PREPARED_MAX {
            for number in self.prepared.names.values().flat_map(HashMap::values) {
                frontend::close(b'S', &self.prepared.name(*number), &mut self.output)
                    .map_err(|error| (0, StatementError::Parameter(error.into())))?;
            }
            self.prepared.names.clear();
        }
        for (place, call) in calls.iter().enumerate() {
            self.compose_call(role, call)
                .map_err(|error| (place, StatementError::Parameter(error)))?;
        }
        frontend::sync(&mut self.output);
        self.grown |= self.output.len() > KEPT_BUFFER_BYTES;
        Ok(())
    }

    fn compose_call(
        &mut self,
        role: Role,
        call: &Call<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let output = &mut self.output;
        let name = match self.prepared.number(role, call.sql) {
            Some(number) => self.prepared.name(number),
            None if !self.prepared.is_kept => {
                let types = call.types.iter().map(Type::oid);
                frontend::parse("", call.sql, types, output)?;
                String::new()
            }
            None => {
                let number = self.prepared.add(role, call.sql);
                let name = self.prepared.name(number);
                let types = call.types.iter().map(Type::oid);
                frontend::parse(&name, call.sql, types, output)?;
                name
            }
        };
        if call.values.len() != call.types.len() {
            let counts = (call.values.len(), call.types.len());
            return Err(format!("{} values for {} parameters", counts.0, counts.1).into());
        }
        let values = call.values.iter().zip(call.types);
        frontend::bind(
            "",
            &name,
            [BINARY],
            values,
            |(value, ty), out| match value.to_sql_checked(ty, out)? {
                postgres_types::IsNull::Yes => Ok(IsNull::Yes),
                postgres_types::IsNull::No => Ok(IsNull::No),
            },
            [BINARY],
            output,
        )
        .map_err(|error| match error {
            BindError::Conversion(error) => error,
            BindError::Serialization(error) => error.into(),
        })?;
        frontend::execute("", 0, output)?;
        Ok(())
    }

    /// Writes and reads until everything is answered. Both at once, because PostgreSQL stops reading while nobody
    /// takes its answers.
    fn poll_replies(
        &mut self,
        context: &mut Context<'_>,
        arrived: &mut Arrived<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            // What cannot be written yet wakes this task when there is room.
            if let Poll::Ready(Err(error)) = self.poll_send(context) {
                self.hear_last_words(context);
                return Poll::Ready(Err(error));
            }
            while let Some((tag, size)) = next_header(&self.input)? {
                let done = self.take(tag, size)?;
                if done {
                    return Poll::Ready(Ok(()));
                }
            }
            let filled = self.poll_fill(context)?;
            if filled.is_pending() {
                if let Some(replies) = &mut self.awaited {
                    replies.tell(arrived);
                }
                return Poll::Pending;
            }
        }
    }

    /// Reads what the server said before it stopped listening.
    fn hear_last_words(&mut self, context: &mut Context<'_>) {
        while let Poll::Ready(Ok(())) = self.poll_fill(context) {}
        while let Ok(Some((tag, size))) = next_header(&self.input) {
            if self.take(tag, size).is_err() {
                return;
            }
        }
    }

    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.output))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.output.advance(written);
        }
        if !self.flushed {
            ready!(Pin::new(&mut self.stream).poll_flush(context))?;
            self.flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what there is into `input`.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input.reserve(READ_SIZE_BYTES);
        let stream = Pin::new(&mut self.stream);
        match ready!(poll_read_buf(stream, context, &mut self.input))? {
            0 => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            _ => {
                self.grown |= self.input.len() > KEPT_BUFFER_BYTES;
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Takes a whole message from `input`; true after the last.
    fn take(&mut self, tag: u8, size: usize) -> io::Result<bool> {
        let Some(replies) = &mut self.awaited else {
            return Ok(true);
        };
        let body = &self.input[HEADER_BYTES..size];
        match tag {
            message::DATA_ROW => {
                let place = replies.ended;
                replies.bytes += size;
                if replies.bytes > self.rows_max_bytes {
                    // Nobody reads what else there is: without its connection PostgreSQL stops sending it.
                    let error = RowError::OverLimit(self.rows_max_bytes);
                    replies.failed = Some((place, error.into()));
                    return Err(io::Error::other(error));
                }
                if let Some(rows) = replies.rows.get_mut(place)
                    && replies.failed.is_none()
                    && let Err(error) = rows.push(body)
                {
                    replies.failed = Some((place, error.into()));
                }
            }
            message::COMMAND_COMPLETE | message::EMPTY_QUERY => replies.ended += 1,
            message::PARSE_COMPLETE => replies.parsed += 1,
            message::READY_FOR_QUERY => self.in_block = body != NOT_IN_BLOCK,
            message::ERROR => {
                let report = Box::new(Report::read(body));
                replies.failed.get_or_insert((replies.ended, report.into()));
            }
            // Confirmations, notices and changed settings.
            _ => {}
        }
        self.input.advance(size);
        Ok(tag == message::READY_FOR_QUERY)
    }

    /// Gives memory back that a large value took.
    fn shrink(&mut self) {
        if std::mem::take(&mut self.grown) && self.input.is_empty() && self.output.is_empty() {
            (self.input, self.output) = (BytesMut::new(), BytesMut::new());
        }
    }
}

impl Replies {
    fn tell(&mut self, arrived: &mut Arrived<'_>) {
        let speaking = self.rows.iter().enumerate().take(self.ended + 1);
        for (place, rows) in speaking
            .skip(self.told)
            .filter(|(_, rows)| !rows.is_empty())
        {
            arrived(place, rows);
        }
        self.told = self.ended;
    }
}

impl StatementCache {
    fn name(&self, number: u32) -> String {
        format!("m{:x}_{number}", self.prefix)
    }

    fn count(&self) -> usize {
        self.names.values().map(HashMap::len).sum()
    }

    fn number(&self, role: Role, sql: &str) -> Option<u32> {
        self.names.get(&role)?.get(sql).copied()
    }

    fn add(&mut self, role: Role, sql: &str) -> u32 {
        self.next = self.next.wrapping_add(1);
        let names = self.names.entry(role).or_default();
        names.insert(sql.into(), self.next);
        self.new.push((role, sql.into()));
        self.next
    }

    /// Keeps of the new ones the first, which PostgreSQL has confirmed.
    fn forget_new(&mut self, confirmed: usize) {
        for (role, sql) in self.new.drain(..).skip(confirmed) {
            if let Some(names) = self.names.get_mut(&role) {
                names.remove(&sql);
            }
        }
    }
}

/// Whether the error is about what the connection has prepared: a plan that a change of the schema has spoilt, or a
/// statement that a pooler has dropped or confused. A new connection has none of that.
fn is_of_connection(error: &StatementError) -> bool {
    matches!(error, StatementError::Rows(_))
        || matches!(error.code(), Some("0A000" | "26000" | "42P05"))
}

/// A message begins with its type and its length, which counts itself.
const HEADER_BYTES: usize = 1 + size_of::<u32>();

/// The type and the whole size of the next message, once all of it is there.
fn next_header(input: &[u8]) -> io::Result<Option<(u8, usize)>> {
    Ok(Header::parse(input)?.and_then(|header| {
        let size = 1 + usize::try_from(header.len()).ok()?;
        (input.len() >= size).then_some((header.tag(), size))
    }))
}

/// Takes the next message, once all of it is there: its type and its body.
fn next_message(input: &mut BytesMut) -> io::Result<Option<(u8, BytesMut)>> {
    let Some((tag, size)) = next_header(input)? else {
        return Ok(None);
    };
    let mut message = input.split_to(size);
    message.advance(HEADER_BYTES);
    Ok(Some((tag, message)))
}

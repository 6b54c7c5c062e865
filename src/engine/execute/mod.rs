//! Plans are executed and their answers written.

mod action;
mod admin_reads;
mod mutation;
mod query;

use async_graphql::{Pos, parser::types::OperationType};

use super::{
    answer::{AnswerError, RowWriter},
    cursor::Cursors,
    custom::CustomOperations,
    fault::database_error,
    input::Variables,
    introspection::SchemaDescription,
    operation::{Plan, Work},
    plan::Api,
    sql::{BoundParameters, bind},
    transaction::LazyTransaction,
};
use crate::{
    auth::RequestContext,
    db::{Db, Mode, StatementError, answer_too_large},
    error::{Error, Result},
    role::Role,
};

/// What executing needs beside the plan.
#[derive(Clone, Copy)]
pub struct Execution<'a> {
    /// What it was compiled against: tables and types.
    pub api: &'a Api,
    /// The custom operations.
    pub custom: &'a dyn CustomOperations,
    /// What cursors are signed with.
    pub cursors: &'a Cursors,
    /// The database.
    pub db: &'a Db,
    /// Who asks.
    pub context: &'a RequestContext,
    /// The values of the variables.
    pub variables: &'a Variables,
    /// Tells this request from others under the same Idempotency-Key; empty without a key.
    pub request_hash: &'a [u8],
    /// What there is to know of the schema, for plans that ask about it.
    pub description: Option<&'a SchemaDescription>,
}

/// The answer of an operation before it is put into a response.
#[derive(Debug, Default)]
pub struct Answer {
    /// The object of `data`; nothing when it is null.
    pub data: Option<Vec<u8>>,
    /// The errors of root fields.
    pub errors: Vec<FieldError>,
}

/// An error at a root field.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// What went wrong.
    pub error: Error,
    /// The response key.
    pub key: String,
    /// Where the field stands in the document.
    pub position: Pos,
}

/// Executes a query or mutation.
pub async fn execute(execution: Execution<'_>, plan: &Plan) -> Answer {
    let mut bound = bind(&plan.parameters, execution.variables, execution.cursors);
    let failures = Failures::new(plan, &mut bound);
    if let Some(answer) = failures.fatal(plan) {
        return answer;
    }
    match plan.kind {
        OperationType::Mutation => mutation::run(execution, plan, bound, failures).await,
        _ => match admin_reads::record(execution, plan).await {
            Ok(()) => query::run(execution, plan, bound, failures).await,
            Err(error) => Failures::of_all(plan, &error),
        },
    }
}

/// The errors of root fields so far.
struct Failures(Vec<Option<Error>>);

impl Failures {
    /// Those that are known before anything runs.
    fn new(plan: &Plan, bound: &mut BoundParameters) -> Self {
        let refused = plan.roots.iter().map(|root| match &root.work {
            Work::Refused(error) => Some(error.clone()),
            _ => None,
        });
        let mut failures = Failures(refused.collect());
        for (root, error) in bound.errors.drain(..) {
            failures.0[root].get_or_insert(error);
        }
        failures
    }

    /// The answer to an operation of which nothing is done.
    fn of_all(plan: &Plan, error: &Error) -> Answer {
        let failures = Failures(plan.roots.iter().map(|_| Some(error.clone())).collect());
        Answer {
            data: None,
            errors: failures.errors(plan),
        }
    }

    fn has(&self, root: usize) -> bool {
        self.0[root].is_some()
    }

    fn set(&mut self, root: usize, error: Error) {
        self.0[root] = Some(error);
    }

    /// The answer without data, if a field that cannot be null failed, or any field of a mutation:
    /// its operations happen all or not at all.
    fn fatal(&self, plan: &Plan) -> Option<Answer> {
        let all = plan.kind == OperationType::Mutation;
        let fatal = |(root, error): (usize, &Option<Error>)| {
            error.is_some() && (all || !plan.roots[root].nullable)
        };
        self.0.iter().enumerate().any(fatal).then(|| Answer {
            data: None,
            errors: self.errors(plan),
        })
    }

    fn errors(&self, plan: &Plan) -> Vec<FieldError> {
        let failed = plan.roots.iter().zip(&self.0);
        failed
            .filter_map(|(root, error)| {
                Some(FieldError {
                    error: error.clone()?,
                    key: root.key.clone(),
                    position: root.position,
                })
            })
            .collect()
    }
}

impl<'a> Execution<'a> {
    /// The transaction of an operation that runs step by step.
    fn transaction(self, plan: &Plan, mode: Mode) -> LazyTransaction<'a> {
        let model = &self.api.model;
        LazyTransaction::new(self.db, &self.context.caller, model, mode, plan.cost_of())
    }

    /// What writes the rows of an answer.
    fn writer(&self) -> RowWriter<'a> {
        let max_bytes = self.db.max_answer_bytes();
        RowWriter::new(self.cursors, max_bytes, &self.context.caller)
    }

    fn role(&self) -> Role {
        self.context.caller.role
    }

    fn fault(&self, error: impl Into<StatementError>) -> Error {
        database_error(&self.api.model, self.role(), error)
    }

    fn written(&self, outcome: std::result::Result<(), AnswerError>) -> Result<()> {
        outcome.map_err(|error| match error {
            AnswerError::OverLimit(max_bytes) => answer_too_large(max_bytes),
            error => Error::internal(error),
        })
    }
}

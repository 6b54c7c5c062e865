//! What every action would have to write out: its module and its place in the list, the structure of its arguments,
//! and all of it where an SQL function does the work.

/// The modules of a domain's actions, and the list of them, in alphabetical order: a line each. An action's module has
/// `SDL` and `run`; one whose `run` takes a `DetachedContext` says `detached` in its line, and one whose answer changes
/// with tables, which its `FOLLOWS` names, says `following`; one whose answer changes with rows that its caller sees, of
/// the tables which its `READS` names, says `reading`. One that says `prepared` also has a `prepare`, which takes a
/// `DetachedContext` and the arguments, and gives what its `run` takes instead of them.
macro_rules! actions {
    ($($action:ident $(: $($how:ident)+)?;)*) => {
        $(mod $action;)*

        /// The actions, in the order of their lines.
        pub(super) fn actions() -> Vec<super::Action> {
            vec![$(actions!(@entry $action $($($how)+)?)),*]
        }
    };
    (@entry $action:ident) => {
        super::Action::new($action::SDL, |context, arguments| {
            Box::pin($action::run(context, arguments))
        })
    };
    (@entry $action:ident following) => {
        actions!(@entry $action).following($action::FOLLOWS)
    };
    (@entry $action:ident reading) => {
        actions!(@entry $action).reading($action::READS)
    };
    (@entry $action:ident prepared reading) => {
        actions!(@entry $action prepared).reading($action::READS)
    };
    (@entry $action:ident prepared) => {
        super::Action::prepared(
            $action::SDL,
            |context, arguments| Box::pin($action::prepare(context, arguments)),
            |context, prepared| Box::pin($action::run(context, prepared)),
        )
    };
    (@entry $action:ident detached) => {
        super::Action::detached($action::SDL, |context, arguments| {
            Box::pin($action::run(context, arguments))
        })
    };
}

/// The structure `Arguments` of an action: the names of its SDL in `snake_case`, with their types.
macro_rules! arguments {
    ($($name:ident: $type:ty),* $(,)?) => {
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct Arguments {
            $($name: $type,)*
        }
    };
}

/// The `run` of an action that is one statement: it answers the JSON of its first row. The statement runs as the caller,
/// who has to be signed in (`user`), or of whom SQL alone judges (`anyone`); its parameters are the arguments in order.
macro_rules! sql_action {
    ($who:ident, $sql:literal $(, $name:ident: $type:ty)* $(,)?) => {
        arguments! { $($name: $type),* }

        pub(super) async fn run(
            context: $crate::actions::ActionContext<'_>,
            arguments: Arguments,
        ) -> $crate::error::Result<$crate::actions::Outcome> {
            sql_action!(@$who context);
            let Arguments { $($name),* } = arguments;
            let answer = context.json($sql, &[$(&$name),*]).await?;
            Ok($crate::actions::Outcome::Value(answer))
        }
    };
    (@user $context:ident) => {
        $context.user_id()?;
    };
    (@anyone $context:ident) => {};
}

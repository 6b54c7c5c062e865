//! Conditions on a row as SQL knows them: true, false or unknown.

/// Tests, joined by AND, OR and NOT.
#[derive(Clone, Debug, PartialEq)]
pub enum Logic<T> {
    /// All hold; of none, true.
    And(Vec<Logic<T>>),
    /// One holds; of none, false.
    Or(Vec<Logic<T>>),
    /// It is false.
    Not(Box<Logic<T>>),
    /// One test.
    Test(T),
}

impl<T> Default for Logic<T> {
    /// What holds for every row.
    fn default() -> Self {
        Logic::And(Vec::new())
    }
}

impl<T> Logic<T> {
    /// Whether it is true, false or, because of a NULL, unknown. `test` says that of each test.
    pub(super) fn truth(&self, test: &impl Fn(&T) -> Option<bool>) -> Option<bool> {
        match self {
            Logic::And(parts) => joined(parts, false, test),
            Logic::Or(parts) => joined(parts, true, test),
            Logic::Not(part) => part.truth(test).map(|truth| !truth),
            Logic::Test(part) => test(part),
        }
    }

    /// Visits every test.
    pub(super) fn visit(&self, each: &mut impl FnMut(&T)) {
        match self {
            Logic::And(parts) | Logic::Or(parts) => parts.iter().for_each(|part| part.visit(each)),
            Logic::Not(part) => part.visit(each),
            Logic::Test(test) => each(test),
        }
    }
}

/// One part that is `decisive` decides, whatever the others are: false for AND, true for OR.
fn joined<T>(
    parts: &[Logic<T>],
    decisive: bool,
    test: &impl Fn(&T) -> Option<bool>,
) -> Option<bool> {
    let mut joined = Some(!decisive);
    for part in parts {
        match part.truth(test) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => joined = None,
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::Logic::{self, And, Not, Or, Test};

    /// The tables of the SQL standard, for every pair.
    #[test]
    fn it_is_three_valued() {
        let values = [Some(true), Some(false), None];
        let truth = |logic: &Logic<Option<bool>>| logic.truth(&|value| *value);
        for one in values {
            assert_eq!(truth(&Not(Test(one).into())), one.map(|one| !one));
            for other in values {
                let pair = vec![Test(one), Test(other)];
                let and = match (one, other) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
                let or = match (one, other) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
                assert_eq!(truth(&And(pair.clone())), and, "{one:?} and {other:?}");
                assert_eq!(truth(&Or(pair)), or, "{one:?} or {other:?}");
            }
        }
        assert_eq!(truth(&And(vec![])), Some(true));
        assert_eq!(truth(&Or(vec![])), Some(false));
    }
}

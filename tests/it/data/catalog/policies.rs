//! Row level security policies.

use super::holds;

const ALL: &str = "from pg_policies p where p.schemaname in OWN";

#[tokio::test]
async fn every_policy_names_its_role() {
    holds(
        &format!("select format('%s.%s: %s', p.schemaname, p.tablename, p.policyname) {ALL} and 'public' = any (p.roles)"),
        &[],
    )
    .await;
}

/// Outside of a select, a function of the caller is called once for every row.
#[tokio::test]
async fn what_depends_on_the_caller_is_computed_once() {
    holds(
        &format!(
            r"select format('%s.%s: %s', p.schemaname, p.tablename, p.policyname) {ALL} and exists (
                select from unnest(array[p.qual, p.with_check]) as rule (text)
                -- What is left when every `( SELECT f() AS f)` is gone.
                where regexp_replace(rule.text, '\(\s*select\s+(auth\.|public\.)?\w+\(\)( as \w+)?\s*\)', '', 'gi')
                  ~* '(auth\.(uid|role|jwt)|current_setting|get_user_role|is_current_user_admin)\s*\('
              )"
        ),
        &[],
    )
    .await;
}

/// Each permissive policy of a role and verb is evaluated for every row.
#[tokio::test]
async fn one_policy_for_each_role_and_verb() {
    holds(
        &format!(
            "select format('%s.%s %s %s', p.schemaname, p.tablename, role, verb)
             {} and p.permissive = 'PERMISSIVE'
               and verb in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') and p.cmd in (verb, 'ALL')
             group by p.schemaname, p.tablename, role, verb having count(*) > 1",
            ALL.replace(
                "from pg_policies p",
                "from pg_policies p, unnest(p.roles) role,
                 unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) verb"
            )
        ),
        &[],
    )
    .await;
}

/// People write user_metadata themselves.
#[tokio::test]
async fn no_policy_trusts_user_metadata() {
    holds(
        &format!(
            "select format('%s.%s: %s', p.schemaname, p.tablename, p.policyname) {ALL}
               and concat(p.qual, p.with_check) ~* 'user_meta'"
        ),
        &[],
    )
    .await;
}

#[tokio::test]
async fn no_policy_lets_everybody_write() {
    holds(
        &format!(
            "select format('%s.%s: %s', p.schemaname, p.tablename, p.policyname) {ALL}
               and p.cmd <> 'SELECT' and 'true' in (lower(p.qual), lower(p.with_check))"
        ),
        &[],
    )
    .await;
}

/// A grant without a policy shows nothing, a policy without a grant is never asked: both are mistakes.
#[tokio::test]
async fn every_right_of_a_user_has_a_policy_and_every_policy_a_right() {
    let rights = "select n.nspname, c.relname, verb
        from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname in OWN
        cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) verb
        where c.relkind in ('r', 'p') and (
          has_table_privilege('authenticated', c.oid, verb)
          or (verb <> 'DELETE' and has_any_column_privilege('authenticated', c.oid, verb))
        )";
    let policies = "select p.schemaname, p.tablename, verb from pg_policies p
        cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) verb
        where p.schemaname in OWN and p.cmd in (verb, 'ALL') and 'authenticated' = any (p.roles)";
    holds(
        &format!(
            "select format('%s.%s: %s without a policy', d.nspname, d.relname, d.verb) from ({rights} except {policies}) d
             union all
             select format('%s.%s: %s without a right', d.schemaname, d.tablename, d.verb) from ({policies} except {rights}) d"
        ),
        &[
            (
                "realtime.messages: INSERT without a policy",
                "the operator writes the policies of private channels; without one they are closed",
            ),
            (
                "realtime.messages: SELECT without a policy",
                "the operator writes the policies of private channels; without one they are closed",
            ),
        ],
    )
    .await;
}

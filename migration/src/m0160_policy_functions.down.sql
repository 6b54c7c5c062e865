drop function realtime.mark_policy_function(regprocedure, text);
drop function realtime.definition_digest(regprocedure);
drop table realtime.policy_functions;

// The schema with the scalars' own rules, and graphql-js as the judge of documents and variables.
import { readFileSync } from 'node:fs';
import {
  buildSchema, getVariableValues, GraphQLError, isScalarType, isSpecifiedScalarType, Kind, parse, specifiedRules, validate,
} from 'graphql';
import { takes } from './scalars.mjs';

/** A literal as a value; numbers that doubles cannot hold as bigint. */
function plain(node, scalar) {
  switch (node.kind) {
    case Kind.NULL: return null;
    case Kind.INT: return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : BigInt(node.value);
    case Kind.FLOAT: return Number(node.value);
    case Kind.LIST: return node.values.map((value) => plain(value, scalar));
    case Kind.OBJECT: return Object.fromEntries(node.fields.map((field) => [field.name.value, plain(field.value, scalar)]));
    case Kind.VARIABLE:
      if (scalar === 'JSON') return null;
      throw new GraphQLError('a variable inside of a scalar');
    default: return node.value;
  }
}

export function readSchema(path) {
  const schema = buildSchema(readFileSync(path, 'utf8'));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    const fits = takes[type.name];
    if (!fits) throw new Error(`no rule for the scalar ${type.name}`);
    type.parseValue = (value) => {
      if (!fits(value)) throw new GraphQLError(`no ${type.name}`);
      return value;
    };
    type.parseLiteral = (node) => type.parseValue(plain(node, type.name));
  }
  return schema;
}

/** Of September 2025, and not yet in graphql-js 16: whether a root field of a subscription is selected must be certain. */
function unconditionalSubscriptions(context) {
  const visit = (set, seen) => {
    for (const selection of set.selections) {
      const directive = (selection.directives ?? []).find((d) => d.name.value === 'skip' || d.name.value === 'include');
      if (directive) context.reportError(new GraphQLError('conditional root field', { nodes: directive }));
      if (selection.kind === Kind.INLINE_FRAGMENT) visit(selection.selectionSet, seen);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const fragment = context.getFragment(selection.name.value);
      if (fragment) visit(fragment.selectionSet, seen);
    }
  };
  return {
    OperationDefinition(node) {
      if (node.operation === 'subscription') visit(node.selectionSet, new Set());
    },
  };
}

// How deep introspection may go is a limit of graphql-js, not a rule of the specification.
const rules = specifiedRules.filter((rule) => rule.name !== 'MaxIntrospectionDepthRule').concat(unconditionalSubscriptions);

/** Why the document, or the values of its variables, are refused; nothing when they are right. */
export function judge(schema, { query, operationName, variables }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return `syntax: ${error.message}`;
  }
  let errors;
  try {
    errors = validate(schema, document, rules);
  } catch (error) {
    // A rule that runs into what another one reports.
    return `validation: ${error.message}`;
  }
  if (errors.length > 0) return errors[0].message;
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operation = operationName ? operations.find((o) => o.name?.value === operationName) : operations[0];
  if (!operation || (!operationName && operations.length > 1)) return 'no operation';
  const { errors: wrong } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return wrong ? wrong[0].message : undefined;
}

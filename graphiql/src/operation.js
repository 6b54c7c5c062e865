import { Kind, parse } from 'graphql';

/**
 * The operation of a document that is to run, and its kind. The editor notices a paste a moment later and may still
 * name an operation of the text before it; then the document's first one is meant.
 */
export function chooseOperation(query, named) {
  let operations;
  try {
    operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  } catch {
    // The server says better than this what is wrong with the text.
    return { kind: 'query' };
  }
  const operation = operations.find(({ name }) => name?.value === named) ?? operations[0];
  return { name: operation?.name?.value, kind: operation?.operation ?? 'query' };
}

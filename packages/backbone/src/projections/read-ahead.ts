/**
 * Gives the items of a source in their order, and reads up to `most` of them before they are asked for; `tell` hears of each as it comes.
 * Whoever leaves it early has to end the source: what is being read is not waited for.
 */
export async function* readAhead<T>(
  source: AsyncGenerator<T, void, undefined>,
  most: number,
  tell: (item: T) => void,
): AsyncGenerator<T, void, undefined> {
  const coming: Promise<IteratorResult<T, void>>[] = [];
  const read = () => {
    const next = source.next().then((result) => {
      if (!result.done) tell(result.value);
      return result;
    });
    next.catch(() => undefined); // Whoever comes to it has the error.
    coming.push(next);
  };
  for (let i = 0; i <= most; i++) read();
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    const result = await next;
    if (result.done) return;
    yield result.value;
    read();
  }
}

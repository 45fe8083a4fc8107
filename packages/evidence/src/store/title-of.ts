/** The last part of an address, for a source that gives itself no title. */
export function titleOf(uri: string): string {
  const last =
    uri
      .replace(/[?#].*$/, "")
      .split(/[/:]/)
      .filter(Boolean)
      .at(-1) ?? uri;
  try {
    return decodeURIComponent(last).replace(/\.\w{1,8}$/, "") || uri;
  } catch (error) {
    if (error instanceof URIError) return last;
    throw error;
  }
}

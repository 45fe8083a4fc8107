import { posix } from "node:path";

/** deepagents' rule: these endings mean bytes, every other file is read as text. */
const binary: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".heic": "image/heic",
  ".heif": "image/heif",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
  ".aiff": "audio/aiff",
  ".aac": "audio/aac",
  ".ogg": "audio/ogg",
  ".flac": "audio/flac",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".mpeg": "video/mpeg",
  ".mpg": "video/mpeg",
  ".mov": "video/quicktime",
  ".avi": "video/x-msvideo",
  ".flv": "video/x-flv",
  ".wmv": "video/x-ms-wmv",
  ".3gpp": "video/3gpp",
  ".pdf": "application/pdf",
  ".ppt": "application/vnd.ms-powerpoint",
  ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
};

const text: Record<string, string> = {
  ".md": "text/markdown",
  ".markdown": "text/markdown",
  ".html": "text/html",
  ".htm": "text/html",
  ".css": "text/css",
  ".csv": "text/csv",
  ".json": "application/json",
  ".js": "application/javascript",
  ".svg": "image/svg+xml",
};

/** The media type of a path by its ending, and whether deepagents hands its content on as text. */
export function mediaType(path: string): { mimeType: string; isText: boolean } {
  const ending = posix.extname(path).toLowerCase();
  const bytes = binary[ending];
  if (bytes !== undefined) return { mimeType: bytes, isText: false };
  return { mimeType: text[ending] ?? "text/plain", isText: true };
}

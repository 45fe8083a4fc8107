import { z } from "zod";

/** Google's errors in their bodies: https://google.aip.dev/193, the details that say when, and how much, may be asked again. */
const Body = z.object({ error: z.object({ details: z.array(z.object({ "@type": z.string() }).loose()) }) });
const RetryInfo = z.object({ retryDelay: z.string().regex(/^\d+(?:\.\d+)?s$/) });
const QuotaFailure = z.object({ violations: z.array(z.object({ quotaId: z.string() }).loose()) });

/** Milliseconds after which Google wants to be asked again; undefined where it does not say. */
export function googleRetryMs(body: unknown): number | undefined {
  const [said] = detailsOf(body).flatMap((detail) => RetryInfo.safeParse(detail).data ?? []);
  return said === undefined ? undefined : Math.ceil(Number.parseFloat(said.retryDelay) * 1_000);
}

/** Whether Google names the quotas that are used up. */
export function isGoogleQuota(body: unknown): boolean {
  return violationsOf(body).length > 0;
}

/** Whether only a limit per minute was reached: Google says the words about plan and billing of that, too. */
export function isGooglePerMinute(body: unknown): boolean {
  const failures = violationsOf(body);
  return failures.length > 0 && failures.every(({ quotaId }) => quotaId.includes("PerMinute"));
}

function violationsOf(body: unknown) {
  return detailsOf(body).flatMap((detail) => QuotaFailure.safeParse(detail).data?.violations ?? []);
}

function detailsOf(body: unknown): readonly unknown[] {
  return Body.safeParse(body).data?.error.details ?? [];
}

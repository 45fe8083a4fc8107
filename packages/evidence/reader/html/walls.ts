import type { ScannedPage } from "./scan.js";

/** What stands between a reader and the text of a page. */
interface Wall {
  /** There is nothing to read: why, in a sentence. */
  refusal?: string;
  /** There is something, but not all of it. */
  note?: string;
}

/** Pages that only ask for something are shorter than this; an article that mentions it is longer. */
const STUB = 1_500;
/** Less than this, of a page that is made by scripts, is a frame without its picture. */
const FRAME = 200;
/** A teaser is seldom longer. */
const TEASER = 6_000;

const PERSON =
  /\b(?:verify(?:ing)? (?:that )?you are (?:a )?human|are you a (?:robot|human)|checking (?:if the site connection is secure|your browser)|complete the (?:captcha|security check)|unusual traffic|press (?:and|&) hold|enable javascript and cookies to continue|access denied|request (?:was )?blocked)\b/i;
const CONSENT =
  /\b(?:before you continue|we value your privacy|accept (?:all(?: cookies)?|cookies)|reject all|manage (?:consent|preferences|cookies)|cookie (?:settings|preferences|consent)|your privacy choices|consent to (?:the use|our use)|alle (?:cookies )?akzeptieren|tout accepter|aceptar todo)\b/gi;
const PAY =
  /\b(?:subscribe (?:now |today )?to (?:continue|read|keep reading|unlock)|(?:to|and) (?:continue|keep) reading,? (?:subscribe|log in|sign in|register)|this (?:article|content|story|post) is (?:for|reserved for|available to|exclusive to) (?:paid |paying |our )?(?:subscribers|members)|(?:already|are you) (?:a |an )?(?:subscriber|member)\?|subscribers? only|members?-only (?:story|article)|unlock this (?:article|story)|start your (?:free )?trial|you(?:'|’)ve (?:reached|read) (?:your|all)[^.]{0,40}(?:free )?articles|this post is for paid subscribers|nur für abonnenten|réservé aux abonnés)\b/i;
const SCRIPTS =
  /\b(?:(?:enable|turn on|requires?|need) javascript|javascript (?:is|must be|to be) (?:disabled|enabled|required))\b/i;

/** Says what is missing of a page whose text is that of a wall, not of an article. `text` is what would be given back. */
export function wallOf(text: string, { facts }: ScannedPage): Wall {
  const said = `${facts.pageTitle}\n${text}`;
  const length = text.trim().length;
  const isMadeByScripts = facts.scripts > 0 && (facts.hasAppRoot || SCRIPTS.test(`${facts.noscript}\n${text}`));
  if (length === 0 || (length < FRAME && isMadeByScripts)) {
    return { refusal: "The page holds no text: it is empty, or its text is made by scripts, which are not run." };
  }
  if (length < STUB) {
    if (PERSON.test(said) || (/^\s*just a moment/i.test(facts.pageTitle) && facts.scripts > 0))
      return { refusal: "The page shows no text but asks whether a person is there, or refuses programs." };
    const asked = new Set((said.match(CONSENT) ?? []).map((words) => words.toLowerCase()));
    if (asked.size >= 2) return { refusal: "The page shows no text but asks for consent to cookies first." };
    if (PAY.test(said) && length < 2 * FRAME)
      return { refusal: "The page shows no text but asks for a subscription or to sign in." };
  }
  if (length < TEASER && PAY.test(text))
    return { note: "Only a part of the page is open to everybody: the rest is for subscribers, and was not read." };
  if (length < TEASER && facts.isPaid)
    return { note: "The page says that not all of it is open to everybody: what was read may be a part of it." };
  return {};
}

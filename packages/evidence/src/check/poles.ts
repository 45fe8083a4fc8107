import { DENIED, rootOf, type Word } from "./words.js";

/**
 * What is said of something, or its opposite: on each line what comes to the same, then "|", then what is against all of it. By meaning, from general English:
 * a verb stands for its noun, a verb with a particle for both in a row, and with "~" also for both around what they are about ("turned the offer down").
 * Words with a second meaning that is common in reports are left out, as are those that two people can do to each other (buy and sell).
 */
const OPPOSITES = `
accept agree approve approval assent endorse consent concur support back welcome applaud praise commend uphold ratify adopt permit allow authorise grant legal lawful legalise entitle justify recommend urge champion encourage satisfied pleased concede in_favour spoke_for speak_for give_in gave_in give_way gave_way let_through wave~through side_with vote_for voted_for was_carried were_carried gladly readily willingly | reject refuse refusal deny denial decline dismiss oppose objected objection protest resist dispute contest challenge condemn criticise denounce veto block forbid prohibit ban outlaw bar quash rescind revoke repudiate rebuff rebut disapprove disagree dissent abstain illegal unlawful discourage inadmissible insufficient inadequate dissatisfied unacceptable complain defy flout violate breach deplore deter reluctant unwilling hostile sceptical turn~down vote~down throw~out threw~out strike~down struck~down rule~out set~aside was_lost was_defeated vote_against voted_against voting_against speak_against spoke_against advise_against advises_against warn_against turn_against decide_against argue_against is_against are_against was_against were_against come_out_against differ_from
succeed success win won victory prevail triumph achieve accomplish effective thrive flourish come_off pay_off paid_off bear_fruit | fail failure lose lost defeat unsuccessful founder flop ineffective fruitless collapse fall_through fell_through come_to_nothing in_vain break_down broke_down
happen occur proceed materialise implement fulfil take_place go_ahead come_about carry~out | cancel abort shelve avert prevent avoid forestall call~off put~off postpone fall_through come_to_nothing
continue persist remain stay keep retain extend extension renew renewal prolong survive preserve maintain endure resume resumption restore revive reinstate go_on carry_on keep_on in_force in_use in_place let_stand still_stand hold_on hold_out held_out intact go_back_to reappear live_on settle_for_good hold~ground held~ground | end stop cease expire lapse discontinue terminate abolish abolition abandon withdraw withdrawal scrap repeal cancel suspend quit disappear vanish dissolve dismantle give~up phase~out do_away wind~up shut~down close~down call~off resign interrupt destroy demolish die_out come_to_an_end pull_out get_rid go_out_of run_out be_dropped was_dropped were_dropped
disclose publish tell told inform admit admission acknowledge confess announce own_up make_public made_public expose transparent notify identify | secret secrecy conceal hide hid hidden withhold suppress confidential deny silent silence cover~up keep~from unaware hush~up in_the_dark
include inclusion cover apply count involve participate join contain enrol take_part took_part part admitted_to eligible | exclude exclusion exempt exemption omit omission except spare keep~out kept~out leave~out stay_out overlook ignore ineligible
require requirement necessary compulsory mandatory obligatory oblige force compel indispensable need | optional voluntary unnecessary exempt exemption waive superfluous needless redundant dispensable free_to
open reopen unlock unlocks unlocked release accessible | close shut lock closure
hurt injure injury harm wound kill suffer ruin damaged dangerous unsafe | unhurt safe spare harmless save rescue survive escape
gain earn receive obtain award recover | forfeit deprive surrender lose lost
rise increase grow growth climb raise multiply expand soar surge mount go_up went_up come_up spread swell double triple | fall decline decrease shrink reduce reduction drop lower slip slide slid come_down came_down bring~down brought~down halve slump dwindle fade wane ebb skimp plunge lessen diminish go_down went_down cut lighten collapse recede
improve improvement recover recovery strengthen heal better | worsen deteriorate deterioration weaken aggravate worse
differ difference vary change alter alteration diverge | same identical equal alike constant
blame accuse guilty convict responsible liable | exonerate acquit absolve innocent vindicate cleared_of pardon
confirm confirmation prove verify corroborate true correct validate bear_out bore_out borne_out | disprove refute contradict deny denial debunk false wrong untrue incorrect mistaken baseless rule~out
trust believe belief confident certain sure known clear optimistic | distrust doubt doubtful sceptical uncertain unclear unknown suspicious unlikely pessimistic
pleased glad willing keen eager enthusiastic happy content satisfied like | dissatisfied unhappy reluctant unwilling hesitant angry disappointed dislike
hire appoint appointment employ recruit elect engage promote promotion reappoint | dismiss dismissal sack oust pass~over remove replace demote lay~off
arrive arrival return enter join stay turn_up | leave left depart departure resign flee emigrate quit step_down stay_away stay~away
accelerate hasten speed bring~forward on_time on_schedule as_planned as_promised as_announced ahead_of_schedule punctual | slow delay hamper hinder impede later_than postpone hold~up behind_schedule overdue
enable facilitate | hinder hamper prevent obstruct impede thwart
build construct construction erect install set~up introduce introduction | demolish demolition destroy destruction dismantle abolish remove removal tear~down pull~down
connect merge unite combine | separate split divide disconnect
within_budget on_budget in_budget below_budget under_budget | over_budget above_budget overspent overspend
remember recall | forget forgot
lenient mild relax loosen ease soften | strict severe tighten stiffen harden
popular loved | unpopular shunned hated
enough sufficient adequate ample | insufficient inadequate
complete entire | incomplete partial
rich wealthy affluent | poor
cheap inexpensive affordable | dear expensive costly
healthy | ill sick unwell
clean pure | dirty polluted contaminated
considerable marked substantial grave serious | slight negligible marginal trivial minor
difficult arduous hard | easy simple
busy crowded | empty deserted idle vacant
frequent common widespread | rare scarce
profit surplus | loss deficit
repay return refund give_back gave_back hand~back | keep kept
obey heed follow | disobey ignore flout
attract draw drew win_over | repel deter put~off scare~off drive~away
unanimous | divided split
temporary provisional | permanent lasting
voluntarily | forcibly
deliberate intentional sabotage wilful | accidental accident unintentional mishap
reasonable moderate fair acceptable | excessive exorbitant unreasonable unfair unacceptable inflated
attend attendance turn_up turned_up | boycott stay_away stayed_away skip
arrest detain jail imprison | release set_free let_go freed
solvent solvency | bankrupt bankruptcy insolvent insolvency
stable stability steady | unstable instability volatile erratic
praise commend applaud laud acclaim admire | criticise condemn denounce blame rebuke reprimand scold censure
ally alliance cooperate cooperation collaborate | clash quarrel feud break_with broke_with fall_out fell_out
resolve settle solve | unresolved unsettled unsolved deadlock stalemate
invest investment | disinvest divest divestment
mandatory enforced | waived relaxed lifted
`;

/** What a word, or words in a row, says: on which line, and on which side of it. */
export interface Pole {
  line: number;
  side: 1 | -1;
  /** Words that it takes. */
  length: number;
}

interface Phrase extends Pole {
  rest: string[];
  isParted: boolean;
}

interface Table {
  words: Map<string, Pole[]>;
  phrases: Map<string, Phrase[]>;
}

/** Words that stand between the parts of a phrase, at most. */
const GAP = 5;
let table: Table | undefined;

/** Read when it is first asked for. */
function tableOf(): Table {
  if (table) return table;
  const made: Table = { words: new Map(), phrases: new Map() };
  for (const [line, text] of OPPOSITES.trim().split("\n").entries()) {
    for (const [i, half] of text.split("|").entries()) {
      const side = i === 0 ? 1 : -1;
      for (const entry of half.trim().split(/\s+/)) {
        const [first = "", ...rest] = entry.split(/[_~]/);
        const key = rootOf(first);
        if (rest.length === 0) push(made.words, key, { line, side, length: 1 });
        else
          push(made.phrases, key, {
            line,
            side,
            length: entry.includes("~") ? 1 : rest.length + 1,
            rest,
            isParted: entry.includes("~"),
          });
      }
    }
  }
  table = made;
  return made;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The poles at a word of a clause: those of a phrase that begins there, else its own. */
export function polesAt(words: readonly Word[], at: number): Pole[] {
  const word = words[at];
  if (!word) return [];
  if (isOther(words, at)) return [];
  const { words: single, phrases } = tableOf();
  const root = rootOf(word.text.toLowerCase());
  const found = (phrases.get(root) ?? []).filter(({ rest, isParted }) => isAhead(rest, words, at + 1, isParted));
  if (found.length > 0 || word.isStop) return found;
  const own = single.get(root) ?? [];
  return DENIED.test(word.text.toLowerCase()) ? own.map((pole) => ({ ...pole, side: pole.side === 1 ? -1 : 1 })) : own;
}

/** "Those that were left" have not gone, and damages are paid. */
function isOther(words: readonly Word[], at: number): boolean {
  const lower = words[at]?.text.toLowerCase() ?? "";
  if (/^(?:damages|several|critics?|critical(?:ly)?)$/.test(lower)) return true;
  return lower === "left" && /^(?:is|are|was|were|be|been)$/i.test(words[at - 1]?.text ?? "");
}

function isAhead(rest: readonly string[], words: readonly Word[], from: number, isParted: boolean): boolean {
  for (let gap = 0; gap <= (isParted ? GAP : 0); gap++) {
    const isThere = (part: string, i: number): boolean => {
      const word = words[from + gap + i];
      return (
        word !== undefined &&
        (word.text.toLowerCase() === part || (!word.isStop && rootOf(word.text.toLowerCase()) === rootOf(part)))
      );
    };
    if (rest.every(isThere)) return true;
  }
  return false;
}

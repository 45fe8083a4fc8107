import { stem } from "./stem.js";

/**
 * Words that a writer exchanges freely, one group a line; the first of each line stands for all. Opposites are never on one
 * line, nor words with a second meaning that is common in reports. Written for this project.
 */
const GROUPS = `
  rise increase grow climb gain jump surge raise soar
  fall decline drop decrease shrink reduce slump cut dip narrow diminish
  begin start launch commence
  end stop cease halt finish discontinue suspend suspension
  keep retain remain stay maintain preserve
  leave exit depart quit
  buy purchase acquire
  big large major sizeable
  small minor tiny thin
  pay earn yield return
  show find report reveal discover
  use employ utilize
  risk danger threat hazard
  allow let permit enable
  need require demand
  supply deposit lend
  supplier depositor lender saver
  most majority
  outage downtime
  refuse reject deny
  attack exploit hack
  repay refund compensate reimburse
  distribute allocate
  roughly approximately nearly almost around
  cost price expense
  compute calculate
  fast quick rapid speedy
  issue mint
  operate run
  whole entire total
  programme program scheme initiative
  cover insurance
  check verify review
  protocol platform
  pair pool
  maker manufacturer producer
  kill die dead death fatal fatality decease
  save rescue
  locked tvl
  study survey analysis investigation
  forecast outlook prediction projection
  give provide grant furnish
  staff workforce personnel worker employee
  company firm business enterprise corporation
  revenue sales turnover
  profit earnings
  boss chief executive ceo head
  pupil student schoolchild
  child kid youngster
  teacher educator
  parent guardian
  farmer grower agriculture farm
  lunch meal
  free complimentary
  absence absenteeism absent
  extend prolong lengthen
  vote ballot
  councillor council
  replace substitute
  fix repair mend
  defect bug fault flaw error
  delete erase remove wipe
  publish release publication
  predecessor previous former
  catalogue catalog
  licence license
  funding fund money
  hospital hospitalise hospitalize
  vaccinate vaccination immunise immunize inoculate
  dose shot jab
  sick ill illness disease
  patient sufferer
  doctor physician
  visitor guest
  abroad overseas foreign
  drought dryness
  household home family
  leak leakage
  tariff bill rate
  shut close closure
  fire blaze
  consume consumption drink
  dividend payout
  debt borrowing liability
  shareholder investor stockholder
  customer client
  bond debenture
  connect hook link attach
  plan intend aim
  expect anticipate
  say tell remark
  factory mill
  warn caution alert
  argue contend
  author writer
  criticise criticize
  volunteer voluntary
  random randomly randomise randomize
  compare comparison
  effect impact influence affect
  result outcome
  cause trigger prompt
  because owing due
  win victory
  war conflict
  treaty agreement accord pact
  law legislation act statute
  court tribunal
  judge magistrate
  police officer
  arrest detain
  crime offence offense
  city town municipal municipality
  village hamlet
  country nation
  government administration
  president leader
  minister secretary
  election poll
  party faction
  tax levy duty
  rent lease
  house dwelling
  building structure edifice
  construct build construction erect
  destroy demolish wreck
  damage harm
  accident crash
  car vehicle automobile
  train railway rail
  ship vessel boat
  aircraft plane airplane
  road street
  bridge viaduct
  distance length
  high tall
  young youthful
  important significant crucial key
  main principal primary
  difficult hard tough
  easy simple
  cheap inexpensive
  expensive costly dear
  rich wealthy affluent
  poor needy impoverished
  sell sale
  trade commerce
  market marketplace
  share proportion percentage portion
  amount sum quantity
  yearly annually
  method approach technique
  test trial experiment
  evidence proof
  scientist researcher
  drug medicine medication
  treat treatment therapy
  pain ache
  brain cerebral
  heart cardiac
  cancer tumour tumor
  infect infection infectious
  virus viral
  prevent avert
  protect guard shield
  help assist aid
  improve better enhance
  worsen deteriorate aggravate
  change alter modify
  decide resolve determine
  choose select pick
  announce declare proclaim
  propose suggest proposal
  approve endorse
  agree consent
  refer mention
  describe depict portray
  explain clarify
  name call title
  known renowned famous
  original initial first
  create establish
  found founder
  invent devise
  develop evolve
  produce generate
  move relocate
  travel journey trip
  arrive come
  send dispatch
  carry transport
  hold contain
  include comprise encompass
  consist compose
  exceed surpass outstrip
  reach attain hit
  lack shortage scarcity
  abundant plentiful
  frequent common
  rare uncommon
  water aqua
  rain rainfall precipitation
  storm tempest
  energy power electricity
  wind breeze
  animal creature
  food nourishment
  book volume
  song track
  film movie
  actor performer
  singer vocalist
  sing perform
  member participant
  participate involve part
  group band
  team squad
  match game
  player athlete
  user subscriber
  software application
  computer machine
  memory ram
  query search
  version edition
  maintainer developer
  wage salary
  job employment post
  strike walkout
  union syndicate
  loan credit
  fraud deception
  audit inspection inspect
  supervise oversee oversight
  rule regulation
  ban prohibit forbid outlaw
  delay postpone
  wait queue
  quarrel dispute argument
  satisfied content
  wish want desire favour
  ask request
  answer reply respond
  school classroom
  university college
  professor academic
  scholarship bursary
  fee charge
  reservoir lake
  record register
  lowest minimum
  highest maximum
  limit restrict cap
  ration rationing
  person people individual
  inhabitant resident
  population populace
  born birth
  marry wedding marriage
  bury burial
  soldier troop
  bomb explosive
  flee escape
  prison jail
  guilty culpable
  victim casualty
  steal theft
  get receive obtain`;

const STEMS = new Map(
  GROUPS.trim()
    .split("\n")
    .flatMap((line) => {
      const roots = line.trim().split(/\s+/).map(stem);
      const first = roots[0] ?? "";
      return roots.map((root): [string, string] => [root, first]);
    }),
);

/** The stem that stands for a stem and all that means the same. */
export function synonymOf(root: string): string {
  return STEMS.get(root) ?? root;
}

/*!
 * Which words mean the same, which are near each other (a kind of, much like) and which are opposites, by the keys of words.ts:
 * a word and its others on each line, opposites by their stems. Taken from WordNet 3.1 by packages/evidence/fit/lexicon.mjs: do not edit, write again.
 *
 * @license
 * WordNet Release 3.0
 *
 * This software and database is being provided to you, the LICENSEE, by
 * Princeton University under the following license.  By obtaining, using
 * and/or copying this software and database, you agree that you have
 * read, understood, and will comply with these terms and conditions.:
 *
 * Permission to use, copy, modify and distribute this software and
 * database and its documentation for any purpose and without fee or
 * royalty is hereby granted, provided that you agree to comply with
 * the following copyright notice and statements, including the disclaimer,
 * and that the same appear on ALL copies of the software, database and
 * documentation, including modifications that you make for internal
 * use or for distribution.
 *
 * WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.
 *
 * THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON
 * UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR
 * IMPLIED.  BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON
 * UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANT-
 * ABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE
 * OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT
 * INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR
 * OTHER RIGHTS.
 *
 * The name of Princeton University or Princeton may not be used in
 * advertising or publicity pertaining to distribution of the software
 * and/or database.  Title to copyright in this software, database and
 * any associated documentation shall at all times remain with
 * Princeton University and LICENSEE agrees to preserve same.
 */
export const SAME = `abandon defect desert vacat
abas abject
abash embarrass
abdomen abdomin belli stomach
aberr deviant deviat
abhor abhorr loath
abhorr repuls
abid bear bide brook endur keep patient toler
abil abl energi
abl abli
ablaz aflam
abli compet
abod hous household inhabit
abolish abolit
abomin odiou
aborigin nativ
abound abund
about roughli some
abov supra
abreact catharsi
abridg foreshorten shorten
abroad alien
abrupt abruptli curt
abruptli kill short suddenli
absenc absentmindedli
absentmind absentmindedli
absolut perfectli sheer utterli
absorb absorpt assimil engross imbib ingest intent wrap
abstain abstent
abstract cabbag pilfer purloin
abstrus obscur
absurd preposter ridicul
abund ampl enough heap issu lot mass peck pile plenitud
abus maltreat
ac adept crack hotshot on sensat star super topnotch uniti virtuoso whiz wizard
academi professor
acced bow defer
acceler quicken speed throttl
accent accentu emphas emphasi stress
accentu emphas stress
accept adopt agre recogn
accessori accouter supplement
accid clang clangor clank clash
accident unexpectedli
acclaim hail herald
acclimat climat
accommod adapt fit suit
accompani alon solo
accomplish achiev complet fulfil reach
accordingli consequ
account chronicl control explan histori
accret accumul
accultur cultur
accumul aggreg amass collect compil
accus accusingli
acetonemia ketosi
achiev reach
acid bitter blister
acknowledg admit receipt
acquaint familiar introduc
acquiesc assent
acquisit bui
acquit exoner
acr estat
acrobat gymnast player tumbl
action activ law sue
activ actuat caus fight spark
actual realli
actuat caus law spark
acut keenli
adam adamantli diamond inexor
adapt adjust conform
add addit
addit linear
addlebrain muddlehead
adept expert hotshot practic profici sensat skill star virtuoso whiz wizard
adequ enough
adher discipl
adieu adio
adjac next
adject adjectiv
adjoin butt
adjust align chang conform fit modif
administ allot dispens distribut govern
admir commend protagonist support wonder
admiss admit
admittedli true
admonish admonit discourag warn
admonit warn
ado bustl flurri
adolesc teen teenag
adopt debt espous
adorn decor grace ornament
adroit fast
adult adulthood grownup rise
adulthood matur
advanc improv progress
advent arriv
adventur chanc escapad gambl risk
adverb adverbi
advers hardship
adversari antagonist oppon
advert advertis publish
advis adviz
advisedli deliber intention purpos
advisor adviz consult
adviz counsel notifi propos
advoc advocaci preach propon recommend urg
aerial air
aesthet esthet
affair liaison matter occas
affection effect expens fond tender
affili connect tie
affirm assert confirm corrobor substanti swan swear
affix append
afflict stricken
affluenc rich
afford give pai
affront insult
afir aflar alight
aflar alight
afloat aimless rudderless
aforesaid sai
africa african
after afterward later subsequ
afterward later subsequ
ag elderli older
agap gape
agenc bureau polic
agenda schedul
aggreg collect mass whole
aggressor attack
aghast dismai shock
agil nimbl
agoni patient
agre concur treati
agreeabl pleasantli
ahorseback horseback
ail peak poorli
ailment complaint sick
aimless aimlessli rudderless
air pose
aircraft flat level planar
airless stuffi
akin kindr
alabaman alabamian
alarm constern dismai warn
alfresco outdoor outsid
alien anom exot
align coalit
alik similar
all altogeth complet whole wholli
alleg sai
allegi commit
allegori parabl
allei alleywai
allevi eas facilit reliev
alli friend
allot assign dispens distribut share treati
allow counten give licenc permiss
alon exclus lone onli sole solo whole
aloud loud loudli
also besid likew too
alterc fraca
altern choic instead replac
altogeth complet raw whole wholli
alveolar alveolu dental
alwai ever
amateur recreat
amaz astonish astound baffl bewild mystifi puzzl stun
amber gold
ambianc atmospher
ambigu equivoc
ambit ambiti
ambiti challeng
ambl stroll
ambuscad ambush bushwhack waylai
ambush bushwhack waylai
amend good improv
america american
amiabl cordial genial
amiss awri wrong
ammo ammunit
amorph shapeless
amount measur number summat whole
ampl ampli
ampli richli
amplif elabor
amplifi magnifi
amus entertain
analog correspond
analogu parallel
analys analyz examin studi
analyst analyz
analyt studi
analyz examin studi
anarchi anarchist
anastomosi anastomot
anatom anatomi
anatomi figur flesh frame
ancestor ancestr anteced
ancestri lineag pedigre
anchor backbon ground
anger angri
angl angular slant
angri angrili furiou
anguish torment tortur
anim beast carnal creat enliven inspir sensual
annihil devast erad obliter wither
annoi bother devil gall gravel irrit nettlesom pester stung vex
announc exclaim proclam promulg
annoy irrit vexat
anom anomi
answer react requit respons result solut
antagon counteract
antagonist counter oppon
anthropolog anthropologist
antic clown fantast grotesqu
antipathi avers distast
antiqu outmod
antithesi antithet
antithyroid thyroid
anxious uneasili
anyhow anywai
apart asid
apiec each
apoge culmin
apolog apologet
apothecari chemist pharmacist
appal dismai
appar appear evid manifest ostens plain seem seemingli
apparatu setup
apparit phantom specter
appeal charm prayer
appear look seem
appeas concili gentl mollifi pacifi
applaus clap
appli softwar us
appoint appointe constitut engag
apport distribut
apprais appraiz assess
appraiz assess evalu measur
appreci grasp hold prize treasur valu
apprehend apprehens arrest collar comprehend grasp nab nail savvi
apprehens dread savvi understand
apprentic apprenticeship
appropri conquer reserv seiz suitabl
approv back bless indors okai sanction second support
apt give tend
aqueou water
arbitr interced intermedi mediat
arbitrarili haphazardli indiscrimin random
arbor tree
arc arch spark
arch condescend patron
architect design
ardent fervent fieri impass
ardor zeal
arena domain orbit sphere
argot jargon
argu contest postul quarrel reason satisfi
arian arianist
aris origin rise
aristocraci aristocrat gentri nobil
aristotelian aristotl
arm armament gird munit
aroma odor smell
arous awak awaken elicit evok provok rous wake
arrang organ stage
arrest collar nab nail
arriv ejacul method upcom
arrog arrogantli claim
art arti artist
arteriol arteriolar
articul formul phrase word
artifici stilt
artilleri gun
artilleryman gunner
artistri prowess
ascend domin rise
ascertain assur cover decid ensur
ascrib assign attribut imput
ashen blanch livid
asid awai
ask petit
aspect facet
aspir hope
ass behind bottom buttock posterior seat
assai check
assail assault
assembl assemblag gather
assemblag gather
assert swan swear
assess assessor evalu measur
assign attribut deleg design imput share
assimil ingest
associ connect consort relat
assort miscellan mix mixtur potpourri sundri varieti
assum assumpt bui presum
assumpt premiz
assur assuredli confid cover ensur guarante
astonish astonishingli astound stun
astonishingli surprisingli
astral star
astronom astronomi
astut sharp shrewd
asymmetr asymmetri
asynchroni desynchron
atm atmospher
atom diatom nuclear
aton expiat
atroph atrophi
attack feat onrush onslaught tap
attempt effort endeavor essai seek try undertak
attend attent
attent care tend
attest certifi evid manifest
attic attica loft
attir dress garb
attitud posit postur
attornei lawyer
attract pull
attribut dimens imput
audac audaci temer
audaci brave dauntless
aug august
augur bode forecast omen portend presag
august grand lordli
auster sever
authent verit
author authorship govern mandat potenc regim write
authorship write
auto car motorcar
automat machinelik
automot car
autonomi liberti
autopsi necropsi
autumn fall
auxiliari help supplement supplementari
aveng retali reveng
averag mean norm ordinari
avers distast
avoid prevent
aw awestruck awfulli dread fear fearfulli frighten terribl unspeak
awai forth off
await expect wait
awak awaken wake
awaken wake
awar cogniz conscious
award give honor laurel prize
awfulli terribl
awkward awkwardli
awri cockei
axiom maxim
babe babi infant
babi coddl infant pamper
back backward hinder indors patronag rearward support
backbon gut
backstag offstag wing
backward rearward
bacteri bacteria
bad whip
badger defect pester teas
badli poorli serious sever sick
baffl bewild confus knotti mystifi puzzl
bag handbag purs
baggag luggag
bait tantal taunt teas
bake parch scorch sunbak
ballad lai
balustrad banist
ban crimin crook disallow felon foreclos forestal illegitim preclud prevent proscrib veto
bandag bind
bang bash blast clap slam slap smack smash thump wallop
banish ostrac
bankrupt bankruptci
banquet feast
banter chaff child jolli
bar barricad block ginmil saloon
barb bite jibe shaft
barbar barbarian
barbarian savag
bare hardli nake nude scanti scarc
bargain deal
barkeep bartend
baroni impos nobl state
barricad block
barrier roadblock
basement cellar
bash smash sock
basi groundwork
basic essenti fundament
bask enjoi relish savor
bastard bogu fake phoni prick
bat batter
bath bather washup
bathtub tub
batter buffet hitter slugger
battl combat engag fight struggl war
battlefield battleground field
battlefront front
battleground field
bawdyhous brothel
bawl bellow
be exist organ
beak peck
beam shine
bear bearer born brook endur patient toler
beard bewhisk whisker
bearer carrier toter
beast bestial brute wildcat
beat crush heartbeat puls vanquish
beauti beautifi beautifulli mantrap
beckon wave
becom get
bedamn damn imprec
beef gripe
beefi burli huski
befog cloud fog obscur
befor earlier
befuddl confound confus
beg beggari implor prai solicit
beget father sire
begin beginn creat kickoff launcher offset outset show
beginn origin
beguil bewitch captiv captur charm entranc tranc
behav law
behavior conduct demeanor
behind bottom buttock posterior seat
belat late
beli contradict
belief believ feel impress notion
believ conceiv credibl think trust worshipp
bell doorbel
belli stomach
belliger combat fighter
bellow holler roar
belov darl expens honei
below beneath
belowground underground
bemoan bewail
bend crook turn twist
benefici benefit
benefit profit rise welfar
bequest legaci
berat chide lectur rebuk scold
berth job
beseech bid
beset chivi harri plagu
besid likew too
besmirch calumni
bespeak indic signal
bestial brute
betrai betray
bewhisk whisker
bewild bewilder bewilderedli confus mystifi puzzl
bewilder puzzlement
bewitch captiv captur charm entranc tranc
bia prejudic
bibl biblic scriptur
biblic scriptur
bibliograph bibliographi
bicker squabbl
bid bidder command
bide keep
big boastfulli mostli
bimolecular molecul
bind binder bond
biograph biographi
biolog biologi
biologi biologist
biomed biomedicin
biscuit cooki
bit chip fleck scrap
bite biter morsel sting
bitter bitterli blister rancor resent
bivouac camp encamp tent
bizarr eccentr
black blacken
blacken darken
blame damn darn defect goddam goddamn rap
blanch livid pale
blanket broad cover extens wide
blare blast clamor din
blasphem curs cuss swear
blast boom clap smash
blatanc blatant
blatant clamor vocifer
bleach fade
bleak bleakli desol
bleed hemorrhag leech
blight plagu
blind blindli unreason
bliss blissfulli
blith gayli happili jubilantli lightheart merrili
blob fleck
block blockad hinder obstruct
blockad hinder obstruct
bloke chap cuss fella fellow lad
blood bloodi
bloodi damn
bloodstain gori
bloom blossom flower
blossom flower unfold
blotch mottl
blue bluish
blunder flub goof
blur fuzzi
blurt ejacul
blush crimson flush redden
bluster boast brag bravado
board plank room
boast boastfulli brag featur sport
bode forecast omen portend presag
bodi bodili personifi
bodyguard escort
bogu fake phoni
boi boyhood
boil boiler
boister unruli
bold boldli dare
bolt rigidli stiffli
bomb bomber burst explod
bone osseou
boni scrawni skinni
bonu fillip
book booker bulk volumin
boom din roar smash thunder
boost encourag hike
booth stall
booti loot plunder prize
booz consum liquor spirit
border borderlin bound margin surround
borderlin margin
bore drill irksom tediou tiresom wearisom
born natal
boss brag chiefli emboss execution foreman main master sing
bother devil gravel inconveni irrit troubl vex
bottleneck constrict
bottom buttock posterior seat undersid
boulder bowlder
bounc leap rebound ricochet
bound boundari boundless edg leap rise spring
boundari edg
bouquet corsag
bow defer
box packag
brace brisk fresh pois refresh steadi
brain braini mental mind psych think wit
braini brilliant
branch fork
brand make
brandish wave
brass brassi
brave courag dauntless endur weather
braveri courag
brazen brazenli insol
brazil brazilian
breach gap transgress violat
breadth width
break breakabl bust interrupt
breakdown disloc
breakthrough discoveri show
breakup separ
breast tit
breathless breathlessli
breed engend
breviti brief
bribe briber bui
brief briefli
bright brightli brilliantli smart
brightli brilliantli
brillianc brilliant glare grandeur luster splendor
brilliant brilliantli superb
bring deliveri wreak
brink verg
brisk briskli fresh refresh
britain britann
britann british
brittl toffe
broad broadli extens wide
broadcast transmit
broaden extend
broadsid circular flyer
brocad raiz
broil broiler
broker brokerag
bronchial bronchu
bronchiol bronchiolar
bronz suntan tan
brood contempl hous loom medit muse pensiv reflect
brook creek endur patient toler
broom sweep
brother brotherli
brotherhood fratern
brow eyebrow forehead
browbeat bulli
brown brownish
bruit rumor
bruiz contus
brush brushi thicket
brutal cruel fall savag viciou
brute wildcat
bucket pail
bucol peasant
buddi croni
budg stir
budget budgetari
buff devote fan lover
buffoon clown
bugl bugler
bui buyer get steal
build construct
bulg convex protuber
bulk bulki most
bullet slug
bulli crack roughneck rowdi ruffian swell
bullshit shit
bum crummi grub puke punk skunk tramp
bump encount knock show
bunch clump cluster crowd gang
bundl packag packet sheaf
bunt bunter
buoyant perki
burden encumbr load weight
bureau dresser polic
bureaucraci bureaucrat
buri entomb inter
burli huski
burn glow tan
burrow tunnel
burst explod salvo split vollei
bush scrub shrub
bushel fix
bushi shaggi
bushwhack hillbilli waylai
busili compani
bustl flurri hustl
but just mere onli simpli
butcher slaughter
buttock posterior seat
cabbag pilfer purloin
cabl telegraph wire
cackl cackli
cadav corps
cadaver emaci gaunt haggard pinch
cafe coffeehous
cagei clever
calam catastroph disast tragedi
calcif calcifi
calcifi calcium
calculatingli comput
calib calibr qualiti
calibr qualiti
california californian
callou callous
calm calmli composur equanim quiet steadi still
camouflag disguiz
camp camper encamp tent
campaign crusad
canada canadian
candid candidli forthright frank
candidli frankli honestli
canon canonist glorifi
cant tilt
canvass elect
capabl subject
capacitor condens
capillari hair
capit capitalist
captiv captur charm entranc prison tranc
captur charm entranc seizur tranc
car motorcar
cardin central fundament import
care carefulli tend warn
careen lurch reel stagger
career vocat
carefulli cautious
careless carelessli neglig
careworn drawn haggard worn
cargo freight shipment
carnal sensual
carpent carpentri
carpet rug
carri carrier transfer
carrier toter
cart drag haul
cartoon cartoonist
carv carven
case event instanc suit
cast mold
castl palac
casual nonchal
cat felin
catapult sling slingshot
catastroph disast ruinou tragedi
catch transmiss
categor categori
categori class
cater give ply
cathol catholic
cattl cow oxen
caus causal incit induc inspir motiv promptli spark stimul
cautiou cautious timid warn
cavalryman trooper
caveat warn
caviti pit
cavort frolic romp skylark
celebr festiv fete lioniz
celer fast
celesti heavenli sky
celtic gaelic
cemeteri graveyard
censur reprimand
cent penni
centenari centenni centuri
centenni centuri
center centerfield central concentr focu focus halfwai middl midwai pore rivet
central concentr fundament import
certain sure
certainli sure
certif certifi
certifi evid licenc manifest
chaff child jolli stalk straw
chagrin humbl humili mortif
chair chairman professorship
challeng quarrel
champ champion
champion prizewin
chanc fortun gambl luck opportun risk
chang modif vari
channel transmit
chant inton tone
chantlik singsong
chao chaotic
chap cuss fella fellow lad
charact character characterist persona qualiti role
character delin
characterist featur
charger fee
charm entranc tranc
charter hire
chase dog pursuit tail trail
chat jaw
cheap flash flashi gaudi loud tawdri
cheat jockei
check reexamin verif
checkup drug
cheer comfort embolden shout
cheerfulli upbeat
cheeri gai sunni
chemic chemistri
chemist chemistri pharmacist
cherish preciou treasur
chest pector
chic smart
chicken yellow
chide lectur rebuk scold
chiefli main mainli primarili
child childhood jolli small
childish childishli infantil
chill cool quiver shudder thrill tingl
chip fleck scrap
chipper jaunti
chivi harri plagu
choic choos prime prize qualiti
choos prefer prime prize qualiti
chore job task
chortl chuckl
christ christian jesu savior
christendom christian
chromatograph chromatographi
chronicl histori
chuck grub toss
chump fool gull sucker
chunk chunki clod clump lump
church ecclesiast
churchman cleric
churn roil turbul
chute parachut
ciliat cilium
cinch picnic
cinema cinemat film
cipher enciph
circl circular group lot
circuit tour
circul dissemin
circular flyer round
circumscrib limit
circumst context fate lot luck
citat cite
cite quotat refer
citi civic metropoli urban
clad cloth
claim claimant
clamber scrambl shin skin
clammi dank
clamor din vocifer
clan kindr
clandestin secret undercov
clang clangor clank clash
clangor clank clash
clank clash
clannish exclus
clariti clear lucid
clash friction
class classifi grade
classif classifi classificatori
classifi classificatori
classmat schoolmat
clean cleaner cleans plumb
clear clearli lucid
clearli distinctli
cleav cleft split
clergi cleric
clergyman reverend
cleric clerk
clever cleverli
clich commonplac
click clink tick
climat mood
climax culmin
cling coher
clip snip time
cliqu ingroup
cloak mask
clock time
clod clump gawk lummox lump
clog clot
closer nearer
closet cupboard
clot coagul
cloth dress fabric garb garment textil
cloud fog obscur overcast
cloudburst downpor torrent
cloudi nebul
clown prank
club gild societi
clue hint
clump cluster lump plunk
clumsi clumsili inept ungainli
clutch grip hold seiz
clutter litter
coach manag
coalesc fuse merg mix
coars vulgar
coast coastal seacoast
coax wheedl
coddl pamper
code codif codifi
codif codifi
coerc forc pressur
coffe java
cogniz conscious
coher cohes
coil gyrat spiral
coincid concur
cold coldli
collabor cooper
collar nab nail
colleagu confrer fellow
collect collector compil gather jointli
collegi univers
colloqui convers
colon coloni
coloni settlement
color negro vivid
coloss prodigi stupend
column tower
comb ransack
combat fight fighter
combin compound
comeback retort
comedi comic
comedian comic
comet cometari
comfort consol eas solac sooth
comic funni
command hijack
commemor mark
comment commentari observ sai
commerci trade
commi communist
commiser piti
commiss committe
commit dedic devot institution perpetr
commonli frequent normal ordinarili usual
commonwealth countri
commot din rumpu
commun communion communist
communiqu despatch send
commut transpos
compani companion decid endeavor firmli hous incarn job occup occupi physic resolut somat steadfastli unfalt unshak unwav
companion companionship comrad fellow
companionship fellowship
compar equat rel
compass rang reach scope
compassion pityingli
compel oblig
compet competit competitor vie
competit contest
competitor rival
compil consist
complain plain
complaint sick
complet end whole wholli
complex composit
compli complianc
complianc conform
complic refin
compliment congratul free
compon consist constitu element factor ingredi particip share
comport mien
composit consist
composur equanim
compound deepen intensifi
comprehend comprehens grasp perceiv savvi
compress constrict
comprom conciliatori
compunct remors
comput estim figur forecast machinist reckon
comrad fellow
con defraud swindl
conceal hidden hide
conced concess confess give pai
conceit vaniti
conceiv concept preconceiv think
concentr densiti focu pore rivet
concept conceptu construct creation
conceptu formul
concern fear interest pertain refer relat unconcernedli
concert cooper
concili gentl mollifi pacifi
concis conciz
conclud conclus final last reason
conclus decis
concord treati
concur concurr
concurr cooccur simultan
condemn condemnatori decri disapprob excori
condescend patron
condit disciplin precondit statu
conduct demeanor
confederaci south
confer leagu
confid entrust intim intrust
configur constel contor shape
confin constrain limit throttl
confirm corrobor reassert substanti verif
confisc forfeit seiz
confluent merg
confound confus
confrer fellow
confront face
confus disarrai disjoint disord garbl lose perplex puzzl upset
congratul congratulatori felicit praiz
congreg fold
congressman repres
conjectur hypothes specul suppos theoriz
conjug marri
connect relat rob soak
connot impli
conquer conqueror seiz subdu suppress
consciou conscious
consequ effect result upshot
consid consider deal regard view weigh
consider substanti
consist hous pen systemat write
consol solac sooth
consolid integr
conson consonant
conspicu promin
conspir conspiraci
constanc constant
constant constantli invari unvari
constantli forev invari
constern dismai
constitu constitut element
constitut creat format
constrain limit
constru interpret
construct maker physiqu
consult interview
consum down drinker ingest intak uptak
consumm masterli virtuoso
contamin foul taint
contempl medit muse pensiv reflect
contemporari produc
contempt contemptu disdain scorn
contemptu disdain scorn scornfulli
contentedli satisfi
contigu immedi
contin continent hold
continu continuum endlessli keep proce unceasingli uphold
contor shape
contract contractor contractu
contradict contradictori
contrapt contriv gadget
contrari opposit revers
contrast counterpoint
contribut contributor contributori donat impart suppli
contriv design formul gadget invent plan
control curb
controversi quarrel satisfi
convei conveyor express
convent convention normal pattern rule
converg meet
convers convert transit
convert exchang
convict sentenc
convinc convincingli posit
convuls spasmod
cooccur simultan
cook fix prepar readi
cool coolant cooler coolli nerveless
coordin organ
cop glom
cope grappl
copi imit simul
coquett flirt
cordial genial
core essenc nucleu substanc
corpul overweight
correct redress right
correspond equat jibe match newspaperman talli treati
corrobor substanti
corrod corros
corrupt debauch deprav profan
cortex cortic
cosmic cosmo
cosmo exist univers world
cost expens term
couch loung put sofa
counsel counselor guidanc
count counter matter
counten imprimatur sanction visag
counter expect forese
counterbal repai
countless innumer multitudin myriad number
countri nationalist patriot
coup takeov
coupl match mate pair
courier messeng
cours natur trend
court romanc woo
cover coverlet ensur extend guarante screen
cow coward oxen
coward cowardli
cowboi cowhand cowpunch puncher
cower huddl
cowhand cowpunch puncher
cowpunch puncher
crack gap super swell topnotch
crackl crunch
cradl proven
craft crafter trade
crafter craftsman
crafti sly wili
craftsman craftsmanship
craggi mountain
cramp spasm
crave lust wish
crawl creep
craze cult derang furor
crazi crazili mad
crazili insan
creak screech squeak
creas crisp fold wrinkl
creat creation creativ demonstr format govern institut make organ prove show
creation found origin
creator divin lord
credo creed
creed creedal
creep creeper mous sneak
crest limit peak top
crimin crook felon reprehens
crimson flush red redden rubi
cring fall fawn flinch grovel quail recoil winc
crippl disabl end match
crisp sharp wrinkl
crisscross cross
criterion standard touchston
critic vital
croak expir kill perish
crook felon turn
crop harvest
cross fussi intersect transvers travers
crossroad intersect villag
crotcheti orneri
crouch squat stoop
crow gloat
crowd gang herd
crucifi crucifix crucifixion dun rag
crude cruditi earthi
cruel fall savag viciou
cruiz sail
crumbl crumpl
crummi punk
crush crusher mash oppress squash squeez suppress vanquish
cry exclaim holler outcri scream shout squall weep yell
cryptic inscrut mysteri
crystal illumin
cuba cuban
cubism cubist
cuddl nestl nuzzl snuggl
cult cultist furor
cultur ethnic polit transcultur
cure remedi therapeut
curios curiou
curiou curious funni peculiar queer singular
curious oddli peculiarli
curl whorl
current present
curricular curriculum
curs cuss explet oath swear
cursori perfunctori
curtail limit
curtain drape draperi
curtli shortli
curv sheer swerv trend veer wind
cuss fella fellow gadfli lad swear
custodi custodian
custom customari tradit usag
customari customarili habitu
cycl round
dab pat
dabbl splatter
dad daddi papa pop
daddi papa pop
dai daylight daytim pulpit rostrum
dainti delicaci treat
damag hurt impair injuri prejudici
damn damnat darn goddam goddamn imprec redeem shuck
damp moist mute
dampen moisten stifl
danc dancer
danish denmark
dapper jaunti
dappl mottl
dark darkli shadow
darl expens favorit
darn goddam goddamn shuck
dart dash fleet flit flutter scoot scud
dash flair scoot scud smash sprint
daunt scare
dawn daybreak
daydream dream reveri woolgath
daylight daytim
daze groggi stupid
de diethylstilbestrol
deadli kill lethal
deadlock impass standstil
deafen earsplit thunder
deal plow treat
dealer trader
deathli deathlik
debat deliber
debauch deprav profan
debil debilit feebl infirm
debri dust junk rubbl
debut entri introduct
dec decemb
decad decai
deced kill
deceiv delud fraud
deceler retard slow
decenc decent
decent fit nice properli
decid decis determinedli effect resolut set settl shape show
decidedli definit emphat
declaim recit
decomposit disintegr
decor grace ornament
decre fiat
decri excori
dedic devot
deduc deduct deriv infer
deduct subtract withhold
deep deepli
deepen intensifi thicken
deepli profoundli
defeat frustrat kill lick overcom
defect desert err mistak pester teas
defend defens parent
defer delai shelv tabl
defi defiant resist withstand
defianc defiant
defici inadequaci lack wish
deficit lack
defin definit delimit shape specifi
definit emphat
deflect warp
deform distort malform
defraud swindl
degre level stage
deiti divin god
delai shelv tabl wait
deleg design
deliber intention purpos
delic fine fragil
delicaci treat
delici delight
delight delightfulli pleas revel
delimit specifi
delirium frenzi furi hysteria
deliv deliveri
deliver save
delug flood swamp
delv dig
demandingli need
democraci democrat republ
demolit destroi destruct
demon devil fiend
demonstr exhibit present prove show
demot releg
demur except
denial refus
denomin denomination
dens densiti
dental tooth
department leav
departur deviat differ go leav
depend honest reliabl
deplor sorri woefulli
depot termin
deprav profan
deprec deprecatori
depress dismai
depriv divest strip
derid deris
deris gibelik mock taunt
deriv differenti infer rise
descend descent fall
descent origin
describ descript imperson pictur portrait portray show
desecr sacrileg
desert desol forsak
deserv merit worth
design plan
desol forsak
despair despairingli desper
despatch send
desper urgent
despiz disdain hate scorn
despoil ransack rifl
destin doom fate goal plan
destini fate
destroi destroy destruct ruin wrack wreckag
detach disengag isol separ
detail elabor item
detect detector notic observ sens show
detector sensor
deter deterr discourag
determinedli unfalteringli
detest hate
deton explod
detract detractor
devast wither
develop evolut maintain
deviant deviat
deviat differ divert leav vari
devil dicken fiend gravel irrit lucif mischief shenanigan vex
devot devote
devote fan lover
dexter dextrou
diagnos diagnosi
diagnosi diagnost
diagnostician pathologist
diagram plot
dialect idiom
dialysi dialyz
diam diamet
diari journal
diarrhea diarrhoea
dice kill
dictat prescrib
dictatorship tyranni
dictum pronounc
diet dietari
differ differenti disagre otherw
differenti distinct distinguish mark
difficult firmli
difficulti troubl
diffus permeat pervad
dignifi digniti
dim dimli faint
dimens dimension
diminut fall petit small
din rumpu
dine dinner
dingi grimi
diplomaci diplomat
dipper fall
direct direction directli director straight target wai
directli forthwith immedi instantli straight straightawai
director manag
dirt dirti soil
dirti soil unclean
disabl handicap incapacit
disagr disagre discrep
disallow proscrib veto
disappear vanish
disappoint discomfit frustrat letdown
disarm disarma
disast disastr tragedi
disbelief skeptic
disc disk record
discard dispos
discern distinguish recogn
discharg send
disciplin field subject
disclos disclosur divulg expos show
disclosur revel show
discomfit frustrat
disconcert disconcertingli
disconnect gulf
discorpor disembodi
discount dismiss disregard ignor
discourag dishearten warn
discours discuss
discoveri show
discredit disreput
discrep variant
discret discretionari
disdain scorn spurn
disenfranch disenfranchis
disengag withdraw
disentangl extric
disgrac dishonor shame
disgust foul loathsom
dishevel frowzl tousl
dishonor shame
disjoint disord garbl
disk harrow
dismai shock
dismal drearili
dismiss disregard ignor
disobedi disobei
disord garbl perturb upset
disorderli jumbl
dispens distribut
dispers dissip scatter spread sprinkl
displac shift
displai exhibit expos show
dispos disposit govern
disposit tempera
disqualifi unfit
disregard ignor neglect snub
disregardless irrespect regardless
disrob strip undress
disrupt interrupt riotou troubl tumultu turbul
dissembl feign pretend
dissip scatter
distanc lengthi
distil purifi
distinct distinctli distinguish emin typic
distinguish mark recogn
distort falsifi warp
distress disturb hurt patient
distribut distributor spread
district territori zone
distrust mistrust suspect suspicion
disturb disturbingli interrupt perturb troubl upset worri
dive honkytonk plung
divers divert recreat varieti
divertimento serenad
divest divestitur strip
divid divis fraction separ split
divin god lord
divulg expos show
dizzi dizzili silli
doctrin indoctrin ism philosophi
document documentari paper
dog doggedli tail trail
doggedli tenaci
dogma dogmat tenet
domain land orbit sphere
domest household
domin dominion masteri predomin prevail reign supremaci
done through
doom fate lose
door doorwai
doorhandl doorknob
doorman porter
dope gage
dosag dose
dose poke shoot stroke
dot fleck speckl stud
doubl dual twofold
doubli twice
doubt dubiou uncertainti
doubtless undoubtedli
dough kale loot
dourli sullenli
down downward
downpor torrent
doze drows
dozen lot score ton twelv wad
drab dreari somber
draft drafti
drafti draughti
drag haul
drain drainag
drama dramat dramatist plai
dramat dramatist spectacular strike
dramatist playwright
drape draperi wrap
draught gulp swig
draw pull reap
drawn haggard worn
dread dreadfulli fear frighten terribl unspeak
dreadfulli horribl
dream dreamer dreami woolgath
dress dressi garb garment
dribbl drip trickl
drift err float impetu rang roam rove strai vagabond wander
drip trickl
drive driver motor
drone monoton
droop sag
droplet fall
dross impur
drought dry
drown submerg
drows drowsi
drugstor pharmaci
drum drummer
drumhead summari
drunk drunkard
drunken drunkenli
dry dryli iron wry
dub nicknam
duel duelist
dull dulli
dullard stupid
dun rag
dung fall
dunk fall
dupe gull victim
duplic repeat
durabl last
dusk duski nightfal twilight
duski swart swarthi twilight
dust junk rubbl
dweller hous inhabit
eager eagerli
earlier earliest sooner
earnest earnestli serious sincer
earnestli serious
earsplit thunder
earth extraterrestri globe ground terrestri world
earthquak quak
eas facilit
easi easili elementari leisur simplic unproblemat
east eastward orient
eat feed
eb ebb wane
ebb wane
ebulli exuber
echo repeat resound reverber ring
eclips overshadow
econom economi husband socioeconom
economi economist
ecstasi ecstat raptur
eddi purl swirl
edema edemat
edg inch
edgi jumpi restiv
editor version
effect effectu effici impress influenti potenc result shape upshot wallop
effluent wastewat
effort endeavor exert try
ego self
egot egotist
elabor expound
elat uplift
elder older
elderli older
elect elector elig elit
elector voter
electrifi thrill
element factor ingredi
elementari unproblemat
elev height lift peak promot raiz rise
elicit evok provok
elucid explain lucid
elud elus evad
emaci gaunt haggard pinch
eman emiss
emancip liber
emb imb implant plant
embellish pad
emblem emblemat
emblemat symbol
embodi incarn personifi
embrac hug includ
embroil tangl
emiss emit
emot emotion
emphas emphasi stress underlin underscor
emphasi emphat vehem
emphysema emphysemat
enact ordain passag
encamp tent
enchant enthral
enclos enclosur envelop
encount meet show skirmish
encourag further promot
encroach intrus invas
end leav match termin
endang imperil jeopard menac peril threaten
endear love
endeavor strive try
endless etern intermin
endlessli infinit unceasingli
endow gift invest talent
endur enduringli last live patient surviv toler weather
enemi foe
energ energi stimul
energet energi
energi mighti powerfulli vigor
enerv weaken
enforc implement impos
engag fight pursu war
engin technolog
england english
engrav inscrib
engross engulf fascin immers intent steep wrap
engulf immers steep
enigma enigmat mysteri
enigmat puzzl
enjoi enjoy love relish savor
enjoin order sai
enlarg expans
enliven inspir
enorm staggeringli tremend
enquir inquir
enrag furiou madden
enrol enrolle enter recruit registr
enshrin shrine
ensu result
ensur guarante
entail mean
entangl web
enter entranc particip recruit
enthron vest
enthusiasm enthusiast
entic lure tempt
entireti whole
entitl name
entomb inter
entranc entrancewai incom tranc
entri introduct
entrust intrust
enumer item
enunci pronounc
enviou jealou
environ environment surround
envis fanci forese pictur visual
envisag imagin
enzym enzymat nonenzymat
ephemer pass
epic heroic
epicur gourmet
epigram quip
epiphys epiphysi
epitom paradigm prototyp typifi
epoch era
equal equat equival match par peer rival
equilibr equilibrium
equip outfit
equival par
erod eros gnaw score
err strai
errat mercuri quicksilv unpredict
erudit learn
eschew shun
especi particularli special
essai seek try
essenc essenti substanc
essenti fundament indispens necess necessari need
esteem respect
estim figur forecast gaug judg reckon roughli
etern everlast everlastingli forev intermin perpetu unend
ethic moral
europ european
evad hedg sidestep skirt
evalu measur tariff valu valuat
evangelist gospel
evapor vapor
eventu final
everlast everlastingli perpetu unend
everlastingli forev
everydai mundan routin unremark
evid evidenti ground manifest manifestli observ obvious plain plainli show testifi
evil viciou wicked
evildo sinner
evok provok
evolut maintain
exacerb worsen
exact exactli precis preciz
exactli just precis
exagger magnifi overdon
exalt glorifi lofti
examin probe scrutini studi
exampl exemplifi instanc
exasper infuri madden worsen
exce excel excess outdo top transcend
exceedingli extrem super
excel magnific splendidli
except exception exclud omit particular special
excess extra redund spare surplu
excit excitatori excitedli frantic mad stimul
exciz expung
exclaim exclam promulg
exclud exclus omit
exclus onli sole whole
excruci tortur
excurs out
excus pardon
exemplifi illustr instanc
exempt freedom reliev
exerc exert practic us usag workout
exert wield
exhaust fatigu fume thorough thoroughgo thoroughli
exhibit expos present show
exist subsist surviv univers world
existenti experienti
expand flourish inflat thrive
expans sweep
expect expectantli forecast foreknow forese need prospect unexpectedli
expedit hasten
expel expuls
expend expenditur expens spend
expens honei
experienti test
experiment observ test
expert practic profici skill
expir kill perish termin
explain explan explanatori
explet oath swear
explicit explicitli express
explor exploratori
expos exposur show
expositori expound
express expressli face look reflect utter
extend extens extent lengthi perpetu
extens wide
extenu mitig
exterior outsid
extern intern outsid
extra redund spare surplu
extraordinari extraordinarili
extrapol infer produc
extravagantli profus
extrem extremum highli super utmost
exult exultantli jubil rejoic triumphant
ey eyebal ocular
eyebal orb
eyelid lid
eyepiec ocular
fabric framework textil
face look
facil instal
factor ingredi
fail miscarri neglect
faint faintli swoon
fair fairli reason
fairli jolli moder pretti reason somewhat
faith faithfulli religion
faithfulli reliabl
fake forg phoni sham
faker fraud pseudo
fall falloff flinch hide lessen narrowli psychiatrist quail recoil reduct refus savag viciou weaken winc wither worsen
fals falsiti mistaken
falsifi falsiti warp
falsiti untruth
falter waver
fame illustri known notabl note
fan lover
fanci illus phantasi pictur visual
fantasi fantasist fantast
fantast grotesqu howl marvel rattl terrif tremend wonder wondrou
farmer husbandri
farther further
fascin fascinatingli intrigu spellbound transfix
fascism fascist
fashion manner mode style wai
fast faster promptli quicker quickli rapidli speed speedili tight
fasten fix secur
faster quicker
fat fatten fatti
fate kill lot luck
father forefath sire
fathom penetr
fatigu jade tire weari
favorit pet wish
fawn grovel
fear fearfulli fright frighten terribl
fearless unafraid
feasibl practic viabl workabl
featur have sport
feb februari
fedora stetson
feebl infirm
feel flavor impress notion sens spirit
feign pretend
felic felicit
fella fellow lad
fellow fellowship lad
ferment unrest
feroc feroci fierc furi violenc wild
feroci fierc furiou
fertil prolif
fervent fieri impass
festiv merri
fetid foul
feverish feverishli hectic
fictiv pretend sham
fiddl shirk violin
field fielder subject
fiendish infern satan unholi
fierc furi furiou vehement violenc wild
fieri impass
fig figur
fight fighter oppos war
figur flesh forecast frame reckon
figurin statuett
file record
filipino philippin
final last lastli net ultim
financ financi fiscal
financi fiscal
fine okai ticket
fire glare
fireplac hearth
firmli secur steadfastli
fish fisher
fisher fisherman
fishmong fishwif
fit meet paroxysm prime set suit tantrum
fix fixtur heal mess prepar readi secur set specifi
fizzl hiss
flail lam thrash
flash flashi gaudi loud tawdri twinkl wink
flashi gaudi loud tawdri
flat level
flatter flatteri
flautist flute
flavor savor season spirit
fleck scrap speckl
fledgl freshman newcom
flee flight
fleet flit flutter fugit momentari swift
flesh frame
fleshi overweight
flick leaf
flicker flutter glint quiver spark
flight fly
flinch quail recoil winc
flip impud insol somersault toss
flit flutter
float swim
flog lash lather slash whip
flood inund swamp
floor shock stori
florenc florentin
flounc ruffl
flounder stagger
flourish prosper thrive
flow flux
flower unfold
flub fluff spoil
fluff fluffi spoil
flush heydai peak redden rosi
flutter quiver
fly wing
foam froth
focu focus pore rivet
fog haze obscur
foibl idiosyncrasi
foil frustrat queer thwart
foliag leaf
folli foolish stupid
follow next
fond fondli tender
fondli lovingli
food nutrient sustain susten
fool gull sucker
foolhardi reckless
foot term
footpath pathwai
footstep pace step stride
forbidden taboo
forc impel pressur
forebod portent premonit
forecast jut mental omen portend presag prospect protrud reckon stick task undertak
foreclos forestal preclud prevent
forego preced
foreground highlight spotlight
foreknow forese
foreshorten shorten
forest wood
forestal preclud prevent
forgo waiv
fork pitchfork ramif
form format kind organ pattern sort
formal offici
formerli onc
formid redoubt
formul formula invent phrase prepar word
forswear retract
fort fortress garrison specialti
forth forward off
forthright frank squar
forthwith immedi instantli straightawai
forti twoscor
fortifi strengthen
fortun luck luckili risk
foster further
foul loathsom
found origin show
foundat show
fowl poultri
fox trick vulpin
foyer hall lobbi vestibul
fragment fragmentari shard
fragranc fragrant perfum scent
frambesia yaw
framework model
franc french
frank frankli postmark
frankli honestli
frantic mad madli
fraud pseudo
freak monstros
free freeli liber loos publish rid
freewai pike superhighwai thruwai
freight freighter shipment
frenzi furi hysteria manic
frequent green mutual often oftentim park patron shop usual
fresh freshli new newli novelti refresh
freshli new newli
freshman newcom
fret fuss
freud freudian
friend friendli friendship
fright frighten horribl horrifi scare
frighten panick scare terribl terrifi
frigid ici
fring outskirt peripheri
frog toad
frolic romp skylark
front frontal
frost ic
frown scowl
frowzl tousl
fruitless futil vain
frustrat queer thwart
fugit momentari
fulfil meet satisfi
full fulli whole
fumbl grope
fume smoke
fun funni merriment
function oper purpos role serv us
fund store
fundament import rudimentari
funni peculiar queer singular suspect suspici
fur furri pelt
furi furiou hysteria infuri rage violenc wild
furiou furious madden
furnitur give
further promot
furthermor moreov
furtiv sneak stealthi
fuse fusion merg mix
fusion unif
fuss mother
fussi fussili
futil unavail vain
fuzz fuzzi
ga gaseou gasolin gass
gabbl jabber prattl
gag jest joke
gage gaug match stake
gai gayli homosexu jolli jovial merri sunni
gaieti merriment
gait pace
gal gallon
gall irrit nettlesom pester
gallantri heroism valor
galvan voltaic
gambl risk
gang gangster
gap open spread
gape gawk
garb garment
garbag refus
garner granari profit
gash slash
gasp pant
gaudi loud tawdri
gaug judg roughli
gaunt haggard pinch
gawk lummox
gayli happili jubilantli merrili
gaze stare
gem treasur
generos produc
gentil pagan
gentl gentli mollifi pacifi
gentleman gentlemanli
gentli lightli mildli softli
genuin liter realli truli
geolog geologi
geologi geologist
geometr geometri
georgia georgian
germ germin sourc
german germani
germin sprout
gesticul gestur motion
gestur motion
get recipi
ghastli grim gruesom macabr
ghost specter
ghostli ghostlik spectral
ghostlik spectral
giant gigant
gibelik mock taunt
gift give invest talent
gigant mammoth
giggl titter
gild gilt gold golden societi
gilt gold golden
ginmil saloon
girl miss
girlish girlishli schoolgirlish
give given handsom pai ply presumpt provis render suppli tend
glanc glimps glint
glare glower
glass glassi spectacl
glassi glaze
gleam glimmer glint glisten glitter shine
glean harvest reap
glee hilar
glint glisten glitter shine spark
glisten glitter shine shini
glitter shine
global globe world
globe world
gloom gloomi
glori glorifi gloriou
gloriou glorious
glow radianc
glower moros sullen
glu past
glue past
glut gorg overeat overindulg
glycerin glycerol
go kill leav
goad spur
goddam goddamn
godforsaken wast
gold golden
golf golfer
good improv thoroughli well
goof jackass
gorg overeat overindulg
govern governor organ regim rule
governor gubernatori
grace gracefulli graciou ornament
graciou gracious
grade level rank stratifi tariff
grai grei
grain granular woodgrain
grand grandli lordli thousand
grandeur nobil splendor
grandma grandmoth granni
grandmoth granni
granular gritti
graph graphic
grappl grip wrestl
grasp greedi hold savvi
grate rasp
gratif gratifi satisfact
gratifi satisfi
grave graviti grievou risk sober soberli solemn tomb
gravel irrit vex
greasi oili
great greatli
greatcoat overcoat
greatest sterl superl
grecian greec greek
greec greek
greed greedi
greedi greedili
greek hellen
green greenli park
griev sorrow
grievanc grudg
grievou risk
grim grimli gruesom inexor macabr relentless stern
grin smile
grip handl hold
groan moan
groceri market
groov rut
ground reason yard
groundless idl
group lot radic
grove orchard
growl rumbl
grownup rise
gruesom macabr
gruff hoars huski
grumbl mutter rumbl scold
guatemala guatemalan
guerrilla irregular
guess imagin reckon risk specul suppos surmiz think ventur
gui ridicul
guid guidanc lead maneuv steer
guilt guilti
guilti guiltili
gull sucker
gulp swig
gummi pasti sticki
gun gunner
gunfir gunshot
gunman gunsling
gunpowd powder
gush spout
gusto relish zest
gutter trough
gymnast player
gyrat spiral
habit habitu
hacknei stock threadbar timeworn trite
haggard haggardli pinch worn
hail herald
hair hairi
halfwai middl midwai
hall hallwai lobbi vestibul
hallmark stylemark trademark
hamper shackl
hand man manpow manual
handbag purs
handclasp handshak
handl manag treat
hang knack
hangout haunt
hanker long yearn
haphazardli indiscrimin random
hapless miser pathet piteou poor
happen occur occurr
happi happili
happili jubilantli merrili
harass pester
harbor nurs
hardi sturdi
hardli scarc
hardship rigor
hardwork industri
harmless harmlessli
harmon harmoni
harmoni symmetr
harri plagu
harsh harshli scratchi
harvest reap
hast hasti hurri rush
hasten hurri race rush speed
hasti hastili headlong
hastili hurriedli
hate hatefulli hater hatr mean
haughti haughtili supercili swagger
haunt obsess persist preoccupi stalk
haversack knapsack
hawaii hawaiian
hawk hawker huckster peddl
hawker peddler
hayfield meadow
haze hazi
hazi misti
headach worri
headmast schoolmast
heal therapeut
healer therapist
health healthi
heap issu lot mass peck pile
hear learn show
hearer listen
heart nerv
heartbeat puls
hearti heartili
heartili warmli
heat heater hot thermal warm warmth
heav heft rise
heaven parad
heavi heavili
hebraic hebrew
hedg sidestep skirt
heed neglect regard
heedless unheed
heft hefti
hegel hegelian
height peak
help helper helpfulli
helpless helplessli weak
henc therefor thu
hereaft hereinaft
heretofor hitherto yet
heroism valor
hesit paus waffl waver
hex witch
heydai peak
hide skin
hideawai hideout
hideou hideous outrag
high highli
highest maxim utmost
highlight spotlight
highwayman hijack
hilar hilari hilum
hillock knoll mound
hinder imped obstruct
hint propos
hip pelvi
hire us
histor histori
histrion theatric
hitch hobbl limp
hitherto yet
hitter slugger
hoars huski
hobbl limp
hold includ incorpor keep maintain retent
holidai vacat
holler roar scream shout squall yell
homeland motherland
honest honestli honor reliabl
honor laurel respect reward
hood punk
hop hopper
hope hopefulli promiz wish
hord host
horribl horrifi
horrifi horrifyingli
horror repugn repuls revuls
horseman horsemanship
hospit infirmari
hostelri inn
hotshot sensat star virtuoso whiz wizard
hound hunt
hous household inhabit live lodg popul
housekeep housework
howev nevertheless nonetheless notwithstand still withal
howl marvel rattl roar terrif tremend wail wonder wondrou
hubbub uproar
huckster peddl
huddl powwow
hug kiss pet
huge immens vast
hulk loom tower whale
human humanist
humbl humil humili lowli meekli
humili mortif
humor humorist mood temper wit
hunch intuit suspicion
hungari hungarian
hunger hungri thirst
hunt hunter queri
hurl hurler hurtl lung thrust
hurler pitcher
hurri hurriedli scurri unhurriedli
hurt injuri pain patient smart wound
hurtl lung thrust
hush silenc still
hut shack shanti
hyperbol inflat
hyperem hyperemia
hypocrit phoni
hypothalam hypothalamu
hypothes hypothesi specul suppos theoriz
hypothesi possibl theori
hyster hysteria
icebox refriger
idea ideal think
ident identifi indistinguish veri
identif identifi
identifi name
ideolog ideologist
idiom idiomat parlanc
idiosyncrasi idiosyncrat
idiot imbecil retard
idl idler idli laze
idol rever worship
ifi incorpor integr
ignor illiter snub
illumin light
illus illusori phantasi
illustr instanc
illustri known notabl note
imag imageri imagin pictur
imageri imagin
imagin invent reckon suppos think
imb implant plant
imbal unbal
imbecil retard
imit simul
immacul spic spotless
immedi instantli straightawai
immens vast vastli
immers plung steep
immin impend
imp pixi
impair mar
impart suppli
impass standstil
imped obstruct occlud
imperfect imperfectli progress
imperil jeopard menac peril threaten
imperson neutral persona
imping strike trench
implant plant
impli implic
implic import
implik mischiev puckish
implor prai
import importantli significantli substanti
impos imposit inflict nobl state tax
imposit inflict
imposs inconceiv unimagin
imprec maledict
impress notion strike
imprimatur sanction
imprison jug prison
improb unlik
improv makeshift
impud insol smart
impuls urg whim
inadvert unwittingli
inaugur maiden origin
incens indign outrag
incent induc
incertain uncertain
incis keen penetr sharp
incit instig motiv
inclin ramp slope tend tendenc
includ inclus incorpor
incomprehens inexplic
inconceiv unimagin
inconveni troubl worriment
incorpor integr
incorrect wrong
increasingli progress rise
incred unbeliev
indec untoward
indecis irresolut
indefatig tireless
indefens unten
indefin indefinit
independ sovereign
indescrib ineff unspeak untel
index indic
india indian
indic point signal
indign indignantli outrag
indiscrimin random
individualist person
indol lazi
indoor insid
indors support
induc stimul
induct origin
indulg pander
industri maker
ineff unspeak untel
inept ineptli
inert neutral
inescap inevit unavoid
inevit necessarili unavoid
inexor relentless stern
infam notori
infanc infant
infect pathogen
infer inferenti produc
infern satan unholi
infertil unfertil
infest overrun
infinit space
inflam inflammatori
inflect prosodi
inflow influx
infuri madden
inglori shame
inhabit live occup occupi popul residenti shack
inher integr
inhibit inhibitori
inhibitori repress
injur injuri wound
innov introduc invent
innumer multitudin myriad number
inquir inquiri inquisit question wonder
inquiri queri question scientist
inscript letter
inscrut mysteri
insert introduc tuck
insid interior within
insight penetr
insignific insignificantli
insist repetit
instanc instant
instant instantan moment twinkl wink
instantli straightawai
instead rather
institut show
instruct instructor teach teacher
instructor teacher
instrument tool
instrumentalist musician player
insul insular isol
insurrect rebellion revolt upriz
intact integr inviol whole
intak uptak
integr mix uniti whole
intellectu ration
intellig levelhead sound understand
intens intensifi
intensif intensifi
intent intention plan purport purpos wrap
intention purpos
interced intermedi mediat
intercept interceptor
interchang replac
interdepartment leav
interest interestingli sake
interf meddl
interfer interven
interim meanwhil
interlac intertwin lace twine
interlobular lobular
interlock interwoven mesh
intermedi mediat medium
intermolecular molecul
intern internation
interpret render
interrel interrelationship
interrupt uninterruptedli
interstellar star
intertwin lace twine
interven intervent
interweav weav
intim intima propos
inton tone
intradepartment leav
intrapulmonari lung
intrud intrus trespass
intrus invas
intuit suspicion
invad invas
invalid void
invalu priceless
inveigh train
invent inventor maker
inventori stock
invest sharehold
inward inwardli
ion ionic
ireland irish
irksom tediou tiresom wearisom
iron ironi wry
ironi sarcasm satir
irrat irration
irregular irregularli
irrespect regardless
irrig water
irrit nettlesom peevish pester petul petulantli temper testili vex
ism philosophi
isol separ strai
issu lot mass peck pile publish suppli
ital italic
itali italian
ivori pearl
jabber spout
jade tire weari
jam mob pack pile throng
jan januari
jangl jingl
japan japanes
jar jolt
jeep landrov
jeer mockeri scof scoff
jeopard jeopardi menac peril stake threaten
jeopardi peril risk
jerk jolt twitch yank
jest joke
jesu savior
jet sooti
jew jewish
jibe match shaft talli
jimdandi jimhickei
jimmi lever prise pry
job occup poster task us
jocos jocular
jocular joke
jog rambl
joggl wiggl
john lavatori privi toilet
johnni reb rebel
joi joyou pleasur rejoic
joint jointli
joke joker
jolli jovial merri moder pretti reason somewhat
jolt shaken
journal journalist
joust tilt
jovial merri
jubil rejoic triumphant
jubilantli merrili
judg judgment judici roughli
jug prison
juic juici
juici lusciou voluptu
jumbl muddl smother welter
jumpi restiv
junctur occas
junk rubbl scrap
jurisprud jurist
just justli mere niceti onli precis simpli
justif justifi
justifi vindic
justli rightli
jut stick
juxtapos juxtaposit
kale loot
keen keenli lament penetr sharp
keep leav livelihood maintain remaind remnant retent save stick uphold
keepsak souvenir
kick thrill
kickoff offset outset
kidnap kidnapp
kill killabl killer perish short suddenli
kind kindli sort
kinda rather
kingdom realm
kiss pet
knee stifl
knife stab
knight knightli
knoll mound
knowledg learn
known notabl note
korea korean
lab laboratori
label mark pronounc tag
labor proletariat toil
labyrinth maze
lace twine
lack scarc wish
lad sonni
laden load
ladi madam
lag laggard
lai laiti place posit put set
lam oper thrash
lament wail
lampoon parodi
lanc spear
languag lingual linguist nonlinguist speech
lanki rangi
lap lick
lappet wattl
laps nonchurchgo sink
larva larval
lash lather slash whip
last lastli live perman shut surviv
late recent
later subsequ
lather slash soapsud sud whip
laugh laughter
lavatori privi toilet
lavend lilac
lavish lavishli shower
law legal legislatur pass playact statutori
lazi lazili
lead preemin presid result star stellar
leaden weight
leadership presid
leak outflow
lean list small tendenc tilt
leap rise spring
learn learner scholarship show
learner scholar
leash tether
leav vari
lectur rebuk scold
leer sneer
legion numer
legitim legitimaci logic
lengthi lengthili
lessen weaken
lesson moral
letter missiv
level stage
levelhead sound
lever prise pry
lewd salaci
lexic lexicon word
lexicon vocabulari
liber liberti loos publish
life live
lifelik pictori vivid
lift lifter rise upraiz
light lightli lit
lightli softli
like probabl similitud wish
likew similarli too
limbo oblivion
limit throttl
lineag pedigre
linear linearli
linger loiter lurk tarri
lingual linguist
liquid swim
liquor spirit
listless listlessli
lit literatur
literari literatur
littl slight small
livabl live
live liveli popul surviv
loan suppli
lobbi vestibul
lobscous lobscus
lobul lobular
local neighborhood neighbourhood vicin
locat settl site situat
lock mesh
lodg stick suppli wedg
log logger
loiter lurk tarri
lone loneli solitari
long longer yearn
look seem sound
loom tower
loos publish
loot plunder prize
lope trot
lord master
lose loser
lot luck mass peck pile score ton wad
loud loudli tawdri
loudspeak speaker
loung sofa
lous lousi
lousi rotten stink
love loveli lover lovingli
low moo
lower loweringli sullen
lowest minim
luck lucki risk
lucki luckili
lug luggag
lukewarm tepid
lumber timber
lumin luminos
luminari notabl
lump swell
lunar moon
lunat madman maniac
lunch luncheon
lung pulmonari thrust
lurch pitch reel stagger stumbl
lure tempt
lurid shock
lurk skulk tarri
lusciou voluptu
lush profus riotou sous
lust lusti
luster splendor
lusti lustili
lyric lyricist word
machineri mechan
machinist mechan
mad madli
madman maniac
magic wizard
magnif magnifi
magnifi magnitud
magnific splendidli
maiden origin
maim wound
main mainli master primarili
mainli primarili
maintain mainten sustain underdevelop
mainten upkeep
majest majesti proud
maker produc
maladi sick
male masculin
maling skulk
mama mamma mommi
mamma mommi
mammal mammalian
man manpow
mandat mandatori
mandatori need
maneuv steer
mangl torn
mania manic
manifest manifestli plain
manifestli obvious plain plainli
manner mode style wai
mar march martian
marin sea
marit marri
mark markedli marker pronounc score tag
market merchand sell
marksman marksmanship
maroon strand
marri matrimoni wednesdai
marvel rattl superbl terrif tremend wonder wonderfulli wondrou wondrous
mash squash squeez
mass peck pile
massacr slaughter
master masteri masterli overcom surmount
masteri supremaci
masterli virtuoso
mastermind organ
match mate pair rival stake talli twin
mate pair teammat
materi stuff
math mathemat
matter subject topic
matur ripen rise
mayb perchanc perhap possibl
mean pregnant signifi wai
meander thread wander wind
measur step
meat meati
mechan mechanist
meddl tamper
medit mull muse pensiv ponder reflect
meek meekli
meet satisfi
mele scrimmag
melodi strain tune
melt thaw unthaw
member membership
memor memori
memori pound retent
menac omin peril risk sinist threaten
mental mind wit
merchand product sell trade
mercuri quicksilv
mere onli simpli
merg merger mix unifi unit
merit meritori virtu
merri merrili
mess messi
messag satisfi
method near technic technician
metro subwai
metropoli metropolitan
mexican mexico
microphon mike
microscop microscopi
middai noon
middl midwai
midst thick
might mighti
mild mildli
milieu surround
milit warlik
militari militarili
militia reserv
mimesi mimet
min minut
mind psych
mine miner
mingl unifi
minim underst
minist ministeri ministr parson pastor
ministr succor
minut moment second
miracl miracul
misbehavior misde
miscellan mix sundri
mischief shenanigan
mischiev puckish
misconstru misconstruct misunderstand
misdemeanor violat
miser pathet patient piteou poor
miseri wretched
misgiv qualm
misinterpret mistak misunderstand
mislai misplac
misrepres misrepresent
missil projectil
mission missionari
mist misti
mistak misunderstand
mistaken mistakenli
mistrust suspect suspicion
mix mixtur premix sundri
mixtur potpourri varieti
mob pile rabbl rout throng union
mobil ralli wander
mock mocker mockeri taunt
mockeri scof scoff
mode style wai
model mold mould pattern
moder pretti reason somewhat
modern overhaul
modest modestli
modesti reserv
moisten moistur
moistur wet
mold mould stamp
molecul molecular
mollifi pacifi
moment momentari second
monarch royal sovereign
monast monk
monkei tamper
monopol monopoli
monster monstrou
monstros monstrou
mood temper
moral moralist
moroccan morocco
moros sullen
mortal person someon soul
mortician undertak
mosaic mose
most mostli
mostli produc
motion move movement
motionless static still
motto shibboleth slogan
mount wax
mourn mourner
mous sneak
mouth speak talk
move movement mover movingli travel
muck slime
mud muddi
muddl smother welter
muffl stifl
mull muse ponder reflect
multipl multipli propag
multitud multitudin pack
multitudin myriad number
mum silent
mumbl mutter
mundan routin unremark
murder off
murmur mutter
muscl muscular neuromuscular
muse pensiv ponder reflect
music musician
musician musicianship player
mute silent subdu unspoken wordlessli
mutin mutini
myocardi myocardium
myofibril myofibrilla
myriad number
mysteri mystic mystifi
mystifi puzzl
myth mythic
nab nail
nag scold shrewish
nake naked nakedli nude
name nomin phone telephon
nameless unknown
narr stori tale
nasal nose pinch
naught noth null zero zip
nauseat sick sickish
naval navi
navig voyag
nazi nazism
near roughli shut virtual
neat neatli
necess necessari necessit need
necessari necessarili need
necessit need particip
neckti tie
necrosi necrot
need particip prerequisit unnecessari wish
needless needlessli
neg veto
neglect neglig
negoti talk
neighbor neighborhood
neighborhood neighbourhood vicin
neighbourhood vicin
neocort neocortex
nerv neuromuscular steel
nervou nervous
nestl nuzzl snuggl
nettlesom pester
neurosi neurot
neutral neutralist
nevertheless nonetheless notwithstand still withal
new newli novel tide
newsman show
newspap paper
newton newtonian
night nighttim
nightfal twilight
nihil nihilist
nilpot zero
nip pinch
nobil nobl
nobl state
nodul nodular
noisi noisili
nomin token tokenish
nonetheless notwithstand still withal
normal ordinarili pattern rule usual
north northerli northward union
northerli northern northward
northern yank yanke
nose poke
notabl note
note notic observ refer sai
noth null zero zip
notic notifi observ show
notif present
notwithstand still withal
nov novemb
novel novelist
now todai
nuanc subtleti
nuclear nucleu
nucleat nucleu
nudg prod
null void zero zip
number numer whole
nurtur rear
nutrient nutrit
nuzzl snuggl
oath swear
obedi obei
object plan protest remonstr target
objection obnoxi
oblig respons tax
obscur vagu
observ refer sai show watch
obsess preoccupi
obstin stubbornli
obstruct occlud
obviou obvious
obvious plain plainli
occlud occlus sorb
occup occupi tenanc
oct octob
oddli peculiarli
odor smell
offend piqu
offer proffer
offici polic
offset outset
offstag wing
often oftentim
okai sanction
omen omin portend presag
omin sinist threaten
omiss omit
on uniti
oncom onset
onetim predecessor sometim
onli simpli sole whole
onrush onslaught
open openli outdoor
oper runner talli test useabl
opera operat
opinion sentiment
oppon oppos
opportun opportunist
oppos opposit
opposit resist revers
oppress suppress
optic sight visual
optim optimist optimum
opu piec
opul sumptuou
orat orator rhetorician
orb orbit revolv
orbit revolv sphere
orchestr orchestra
orchestra philharmon
ordain ordin
order sai
ordin rule
ordinari ordinarili
ordinarili usual
organ organiz
orient point
origin root sourc uniniti
orthograph orthographi
orthophosph phosphat
ostens seemingli
outcri shout yell
outdoor outsid
outlai spend
outlin sketch
output pai
outrag scandal shock
outsmart overreach
outstand outstandingli promin salient
over overeat
overcom overpow overwhelm surmount
overeat overindulg
overhaul overtak
overpow overwhelm
overrid paramount predomin revers
overt overtli
overthrow subvert
overtur prelud
overwhelm overwhelmingli
own owner possess
owner ownership proprietor
ownership possess
pace step stride tempo
pacif pacifi
pacifi peac
pack packag
packag packet parcel
pai payment proce produc profit remuner surrend take wage
pain painfulli pine smart sore strive yen
paint painter pictur
pair pond
pale pallid pallor wan
paleocort paleocortex
pallid wan
pander pimp procur
pang stab twing
panic scare terror
panick terrifi
papa pop
papal pope
paper paperi
parad soldier
paradigm prototyp
parallel uniqu
paramet parametr
paramount predomin
paranoiac paranoid
paraphras rephras
parch scorch sunbak
pardner partner
parent parenthood rear
pari parisian
parish parochi
parliament parliamentari
parson pastor
partial particip partli
particip partli regard share split
particl speck
particular particularli peculiar special specif
particularli special
partner partnership spous
pass passag walk
passag transit
past yesteryear
pastelik pasti
pasti sticki
pat tap
patch piec plot
path rout
pathet piteou piti pitiabl poor
patholog pathologist sick
patienc patient
patient sustain toler woe
patrol polic
patron shop sponsor
pattern practic rule
peac peacefulli seren
peak peaki poorli top
peal roll
pearl pearli
pec pector pectorali
peck pile
pector pectorali
peculiar peculiarli queer singular special
peddl peddler
pedest stand
pelt pepper
pelvi pelvic
pen write
penal punish
penalti punish
penanc repent
penetr sharp
pensiv reflect
peptidas proteas
perceiv percept
percent share
perch roost
perchanc perhap possibl
perfect perfectionist perfectli
perfection perfectionist
perfectli utterli
perfum scent
perfunctori perfunctorili
perhap possibl
peril precari risk threaten
peripher peripheri
permeat pervad
perpetu unend
perplex puzzl
persever persist
persist prevail relentless tenac
person personifi separ singl someon soul
persona personifi role
personif personifi
perspect posit view
perspir sweat
persuad persuas swai
pertain pertin refer relat
pertin softwar
perturb upset
pessim pessimist
pester teas
pet wish
petit small
petulantli testili
phantom specter
pharmaceut pharmaci pharmacist
pharmaci pharmacist
phase stage
philharmon symphoni
philosoph philosophi
phone telephon
phonem phonolog
photo photograph
photograph photographi
phrase word
phraseolog word
physic physicist
physiognomi visag
pianist piano
picket scout sentinel sentri
pictori vivid
pictur visual
pier wharf
pike superhighwai thruwai
pile throng
pilfer purloin
pimp procur
pine yen
pinpoint speck
pipe shriek shrill
piss urin wee
pitch sky toss
piteou piteous piti poor
piti pitiabl
pitiless pitilessli remorseless ruthless
pivot swivel
place placement posit put set spot
placid placidli tranquil
plai player
plain plainli
plan planner programm propos purport purpos target
planet planetari
plant work
plato platon
platon platonist
player sport
pleas pleasant pleasur
pleasant pleasantli
pleura pleural
plight predica
plod trudg
plow treat
plumb plummet
plummet plump
plunder prize
poetic poetri
poetri vers
poignanc poignant
poignant touch
poland polish
polar pole
polish refin smooth
polit politician
pommel pummel
pompou pompous
ponder reflect
poor poorli
poorli sick
popul publish
popular popularli
pore rivet
poros porou
portend presag
portrait portray
portug portugues
posit postur put set view
positiv positivist
possibl potenti theori
posterior seat
pot toilet
potenc potent
potpourri varieti
potter tinker
pounc swoop
pound throb
pour swarm
powder powderi pulver
powderi pulver
practic profici skill viabl workabl
practiz rehears
prai prayer
pranc strut swagger
preach preacher sermon
precaut safeguard
preced predecessor prioriti
preciou treasur
precis preciz
preclud prevent
predecessor previous sometim
predilect prefer
predomin prevail reign
prefer preferenti tast
prei target
preoccup preoccupi
prepar preparatori readi
preposter ridicul
prescrib prescript
presenc present
present shortli show soon
presid presidenti
press pressur urg urgent
presum presumpt
presuppos presupposit
pretenc pretens
pretend pretens sham
pretti reason somewhat
prevail preval reign triumph
prick twing
prime prize qualiti set
print publish
prise pry
privaci secreci
privi seclud toilet
prize qualiti treasur valu
pro profession
probe studi
proce procedur proceed take
procedur process
process processor treat
procrastin stall
procur secur
prod spur urg
prodigi stupend
produc product
profess profession
professor professorship
proffer propos proposit
profici skill
profit remuner rise wage
profound profund
profus rich riotou
programm strategi
promin salient
promot publish
promptli quickli
propaganda propagandist
proper properli
propheci prophet
proportion share
propos proposit purport purpos
proprietor proprietorship
proscrib veto
prosecut prosecutor
prosod prosodi
prosper roar thrive
prostitut tart whore
protagonist support
protect secur ward
proteolysi proteolyt
protest protestant
proud proudli
prove show
proverb proverbi see
provinc provinci respons state
provis proviso
provision tent
provoc provok
prowl prowler
prurient salaci
psych psychic soul
psycholog psychologist
psychotherapeut psychotherapi
publicist publish
publicli publish
puff whiff
puke retch sick skunk vomit
pulpit rostrum
puls pulsat throb
pulsat throb
pun punster
punish punit
pupil scholar studi
pure puriti strictli utter
purif purifi
purifi puriti
purl swirl
purpl violet
purport purpos
purportedli supposedli
purpos role us
pursu pursuant pursuer pursuit
pursuit quest
push thrust
pussi slit
put set
puzzl puzzlement
quail recoil winc
quak quiver
qualif qualifi
qualifi qualiti unqualifiedli
quarrel row satisfi statement wrangl
quash repress subdu subjug
quaver quaveringli
queer singular thwart
quell squelch
queri question seek
quicken speed
quickli rapidli speedili
quiet quietli still
quietli softli
quiver shudder thrill tingl
quot quotat
quotat refer
rabbl rout
race racial rush speed
radial radiu
radianc radiant radiat shine
radiant radiat
radic revolutionari ultra
rage ramp storm
railroad train
rake rip
ramp rampant storm
ranch rancher
rancor resent
rang reach roam rove scope strai vagabond wander
rank stratifi tariff
ransack rifl
rapidli speedili
rare seldom
rascal rogu
ratifi sign
rattl rattler real terrif tremend veri wonder wondrou
rattler rattlesnak
raucou raucous rowdi
reach scope strike
react reaction
reaction respons
reactiv respons
read reader
real realiti realli veri
realism realist realiti
realiti world
realiz recogn see understand
realli truli
rear rearward
reason sensibl somewhat think
reassign transfer
reassur reassuringli
reb rebel
rebel rebellion
rebelli rebellion
rebellion revolt upriz
rebound ricochet
rebuff repel repuls slight snub
rebuild reconstruct
rebuk reprimand reproof scold
rebut refut
recal recollect rememb
reced retreat withdraw
receipt revenu
recept receptionist respons
reckon suppos think
recogn recognit
recoil winc
recollect rememb remembr
recommend urg
reconnoit scout
reconsid reconsider
record registr registri
recount sai
recov recoveri regain retriev
recoveri recuper
recreat reviv vivifi
rectangl rectangular
recur recurr repeat
recurr repeat
red redli rubi
redeem redempt
redefin redefinit
redempt salvat
redevelop renov
rediscov rediscoveri
redress right
redund spare surplu
reek smack stink wateri
reel spin stagger
reenforc reinforc
refashion remak
refer relat sai
refil replenish
reflect reflector
reflex reflexli
regain retriev
regard respect view
regret sorrow
regroup reorgan
regular regularli verit
regulatori rule
rehabilit renew
reinforc reward
reissu reprint
reiter repeat restat
rejoic triumphant
rejoin retort
rel share
relat related relationship
relentless relentlessli stern
reli trust
religi religion spiritu
religion religionist
relish savor zest
reluct reluctantli
remaind residu rest
remedi therapeut
rememb remembr
remorseless ruthless
remuner wage
rend rip rive split
render rendit suppli
rent tear
repai repay
repeal rescind
repeat repeatedli repetit restat
repel repuls
replac sub supersed supplant switch
reportedli show
repos rest
repres represent symbol
repress subdu subjug
repriev respit
reprimand reproof
reproduc reproduct
repugn repuls revuls
repuls revuls snub
resent resentfulli
residu rest
resign surrend vacat
resini tarri
reson resound
resound reverber ring
respect sever variou
respir respiratori
resplend splendid
respons tax
result solut upshot
resum resumpt studi
resurrect upraiz
resuspend resuspens
retali reveng
retard slow
retch sick vomit
retin retina
retir withdraw
retreat withdraw
reunion reunit
rev rpm
revel revelri show
rever vener worship
reverber ring
reverend sublim
revis reviz
reviv vivifi
revolt revolut upriz
revolut revolution revolutionari
revolv rotat
reward wage
rhino rhinocero
rhyme vers
rhythm rhythmic
rich wealth
ricketi shaki wobbl
ride rider
riffl rippl
righteou righteous
rightfulli truli
rigid rigidli
rigidli stiffli
rigor strict
rins wash
riot riotou
riotou troubl tumultu turbul
rip rive split
rippl ruffl undul
rise rize rush spring upgrad win
risk riski ventur
rite ritual
road rout
roadsid waysid
roam rove strai vagabond wander
roar roarer thrive thunder wail
rob robber robberi soak
rock rocki stone swai
roil turbul
role us
roll roster wheel
roman rome
romanc romant woo
romp runawai skylark
roof roofer
room suit
root sourc stem
rotari roundabout
rotten stink
rough roughli
roughli some virtual
roughneck rowdi ruffian
round roundli
rous stir
rousseau rousseauan
routin unremark
rove strai vagabond wander
row wrangl
rowdi ruffian
royal royalti
rub scratch
rubber rubberi
rubberi rubberlik
ruffl undul
ruin ruinou
rule ruler
rundown summat
runner smuggler
ruptur snap tear
rush speed
russia russian ussr
rust rusti
rustl rustler
sabotag undermin
sad sadli unhappi
sadism sadist
sai show singular state tale telltal unusu
sail sailor sweep
salesgirl salesladi
salesman salesmanship
saliv saliva
saliva salivari
salli wisecrack
sallow sickli
saltwat seawat
salut toast
salv salvag save
salvag save
salvo vollei
sand sandpap
sane saniti
sarcasm sarcast satir
sashai sidl
satan unholi
satir satirist
satisfactori satisfactorili satisfi
savag viciou
save supplier
savor tast
savvi understand
scamper scurri scuttl
scandal shock
scar scarifi
scath scathingli unhurt
scatter sprinkl
scene scenic view vista
scholar scholarli scholarship
scholast school
school schoolhous schoolroom
schoolmarm schoolmistress
scienc scientist skill
scientist studi
scof scoff
scoot scud
scorch sear sing sunbak
score scour scrub ton wad
scorn scornfulli spurn
scot scotchman
scoundrel villain
scour scrub
scout sentinel sentri
scrambl shin skin
scratch scratchi
scrawl scribbl
scrawni skinni
scream screech shout shriek squall yell
screech screechi shriek squeak
screechi squeaki
screen test
scrutin scrutini
scuffl shambl shuffl
scurri scuttl
seafar seaman
seahors walru
seal waterproof
sear shrivel
seat sit
sec second
seced splinter
second secondli
secondari secondarili
secret undercov
section segment
sector sphere
secular secularist
sediment suppli
see understand wit
seek try
seem seemingli
seep seepag
seiz seizur
senat senatori
send shipment
sens sensat sensit sensor sensuou
sensat star stun virtuoso whiz wizard
sentinel sentri
separ space
sept septemb
sequenc sequenti success
sequenti serial success
seren tranquil
seri serial
serial success
seriou serious
serious sever sincer
serpent snake
serv servic
settl settlement settler
settlement villag
sever sternli variou
sew sewer stitch
sex sexual
shack shanti
shade tint
shadow shadowi
shaki wobbl
shallow superfici
shambl shuffl
share sharer
sharp sharpli shrewd
shave shaven unshaven
sheer swerv trend veer
shelv tabl
shenanigan wile
shibboleth slogan
shift transform transmut
shin skin
ship shipment vascular
shiver shiveri shudder trembl
shock stupor
shoelac shoestr
shop shopper store workshop
shopkeep storekeep tradesman
short suddenli
shortli soon
shout squall yell
show telltal testifi
shred whit
shrewd shrewdli
shriek shrill
shrill shrilli
shudder thrill tingl
shut shutter tight
shy shyli
shyli timidli
si sister
sicili sicilian
sick sickish vomit
sidelong squint
sidestep skirt
siev sift sort
sight vision visual
sign signatur signifi user
silenc silent still
silent still wordlessli
silli wacki
silver silveri
similar similarli
sin sinner ungodli
sing singer song
singl singli
singular singularli uniqu
sinist threaten
sip sipper
situat suppli
sketch vignett
skill skillfulli
sky toss
slacken slow
slant slantingli slope weight
slap smack
slash whip
slaughter wallop
sleep sleeper sleepi slumber
sleepi sleepili
slender slim small
slice slit
slide slip
slightli somewhat
slip steal
slop spill splash splatter
slope upright
slow slowli
slug slugger swig
sluggish sluggishli
sly wili
smack thwack
smitten stricken
smooth suav
smother strangl suffoc surround welter
smuggl smuggler
snap snarl tear
snare trap
sneak stealthi
snicker snigger snort
sniff whiff
snigger snort
snoop spy
snow snowfal
snug snugli
soapsud sud
sober soberli solemn
social socialist societ societi
societ societi
sod sward turf
soft softli
soil unclean
solac sooth
solar sun
soldier soldieri
sole whole
solemn solemnli
solo soloist
someon soul
someplac somewher
sonor vibranc
soprano trebl
sorb sorption
sore tender
southbound southward
sovereign suprem
space spatial
spaciou spacious
spain spanish
span travers
spare surplu trim
spark sparkl
sparkl twinkl
spatter splatter splutter sputter
speak speaker speech talk
special specifi
specif specifi
specifi stipul
spectacl spectacular
spectacular spectacularli strike
spectat viewer watcher wit
spectral spectrum
specul suppos surmiz theoriz
speed veloc
spell tour tranc
sphere spheric
spic spotless
spider spideri
spill splatter
spire steepl
spite vindict
splash sprinkl
splatter splutter sputter
splinter splinteri
splutter sputter
sponsor sponsorship
sportsman sportswoman
spot spy
sprawl straggl
spring springtim
sprint sprinter
spur urg
squall yell
squash squeez
squeak squeaki
squirm twist wiggl worm wriggl writh
stab twing
stabil stabl
staff us work
stage stager
stagger stumbl stupefi
staggeringli tremend
stair step
staircas stairwai
stalk straw
stammer stutter
stamp stomp
stanc stand
standard touchston
standpoint viewpoint
star stellar virtuoso whiz wizard
starv starvat
state statement submit
statesman statesmanship
static still
statu statuari statuett
steadi steadili sweetheart
steal thiev
stealth stealthi
stealthi stealthili
steel sword
steep steepli
steer tip
step stride tread
stereo stereophon
sterl superl
stern sternli
sternal sternum
stick suppli wedg
stiff stiffli
still withal
stimul stimulu stir
stock threadbar timeworn trite
stoic stoical
stoical stoicism
stolid stolidli
storag store storehous
storekeep tradesman
stori tale
storm stormi
stout stoutli
straggl straggler
strai vagabond wander
strain strive tune
strang unusu
strangl strangul throttl
strateg strategi
strategi strategist
stratif stratifi
stratifi stratum
strenuou strenuous
stress tension
strict strictli
stride tread
strike strikingli
string strung twine
stringi wiri
strip undress
strong strongli
struggl war
strut swagger
stubborn stubbornli
studiou studious
stuff thrust
stumbl travel
stupid stupidli
style stylist wai
stylemark trademark
subdu subjug suppress
subject theme topic
submarin undersea
submiss submit
subordin underl
subsid subsidi
subsist surviv
substant substanti
subtl subtli
suburb suburban
succe success successor
success successfulli
sudden suddenli
sue suit
suffic suffici
suit suitabl
sulfur sulphur
sulki sulkili
sullen sullenli
summar summari
summat whole
sun sunlight sunshin
sunlight sunshin
suntan tan
super topnotch
superb superbl
superbl wonderfulli wondrou wondrous
supercili swagger
superhighwai thruwai
superintend superv
supersed supplant
superstit superstiti
superv supervis supervisor
supplement supplementari
suppli supplier wedg
suppos theoriz think
surmiz suspect
surprisingli surpriz
surviv survivor
suspect suspici suspicion
suspend suspens
suspici suspicion
sustain susten
swai swing
swan swear
swap switch
sward turf
swarm teem
swart swarthi
sweden swedish
sweet sweetli
swerv trend veer
swift swiftli
swirl twiddl twirl whirl
swiss switzerland
symbol symbolist
symmetr symmetri
sympath sympathi
sympathet sympathi
symphon symphoni
symptom symptomat
synchron synchroni
synerg synergist
syntact syntax
synthes synthesi
syria syrian
tabl tabul
tackl undertak
tactil tactual touch
tactual touch
tail trail
talk talki
tangl tortuou
tantal tantalizingli taunt teas
tariff valuat
tart whore
task undertak
taunt teas
taut tight
tax taxabl
teach teacher
teacher train
team teamster
tear weep
technic technolog
tediou tiresom wearisom
teen teenag
teensi wee
telegraph telegraphi wire
telev televis
temporari temporarili
tenanc tenant
tend tendenc
tender tenderli
tens tension
terribl unspeak
terrif tremend wonder wondrou
terrifi terror
terror terrorist
test tri try
testament will
testifi testimoni
testimoni tribut
texa texan
thaw unthaw
theater theatr theatric
themat theme
theme topic
thenc therefrom
thenceforth thereaft
theolog theologi
theori theorist theoriz
therapeut treat
therapist treat
therefor thu
thermomet thermometr
thermometr thermometri
thick thickli
think thinker
thoriat titter
thorough thoroughgo thoroughli
thought thoughtfulli
thrash thresh toss
thread wind
threadbar timeworn trite
three trio
thresh toss
thrill thriller tingl
thud thump
thump wallop
thyrotrophin tsh
tibet tibetan
tight tightli
timbr tone
time timeli timer
timeworn trite
timid timidli
tire tiredli weari
tiredli wearili
tiresom wearisom
tissu weav
token tokenish
ton wad
tonal tone
top transcend
topograph topographi
toppl tumbl
torment tormentor tortur
tour tourist
toxic toxin
trace vestig
trade trader
tradit tradition
tradition traditionalist
tragedi tragic
trampl tread
transcrib transcript
transfer transplant
transform transmut
transgress violat
transmiss transmit
trap trapper
treasur valu
treati understand
tremend wonder wondrou
trend veer
triangl triangular
trichrom tricolor
triumph triumphant win
triumphant triumphantli
troubl tumultu turbul upset
true truli
tube tubular
tumult tumultu uproar
tumultu turbul
turkei turkish
tutor tutori
tweed tweedi
twiddl twirl whirl
twinkl wink
twirl twirler whirl
twist wind worm wriggl writh
type typewrit typifi
typograph typographi
unaccount unexplain
unambigu unequivoc
uncanni weird
uncertain uncertainli
uncertainli unsteadili
underlin underscor
underst understat
understand understandingli
undu unduli
uneasi uneasili
uneconom wast
uner unerringli
uneven unevenli
unfair unjust
unfalt unfalteringli unshak unwav
unfortun unluckili
unif unifi
unifi unit
uniform uniformli
unimpeach unquestion
univers world
unlac unti
unlov unpicturesqu
unnecessari unnecessarili
unobtain unprocur
unpleas unpleasantli
unreflect unthink
unshak unwav
unsmil unsmilingli
unspeak untel
unwil unwilling
unwit unwittingli
upset worri
urg urgent
urgenc urgent
urin urinari
us usabl usag useabl user utilitarian
useless uselessli
utopia utopian
utter utterli
vacanc vacant
vacant vacantli vacat
vagabond wander
vain vaniti
valu valuabl
vari variabl variant variat
vast vastli
velvet velveti
vent ventil
veranda verandah
verbal word
vernal young
verv vital
vet veterinari
viabl workabl
vibrant vivaci
vienna viennes
view vista
viewer watcher wit
vigil warn
violenc violent wild
violin violinist
virtuoso whiz wizard
visit visitor
vivid vividli
vocal voic vowel
vocat vocation
volit will
voltag voltaic
volunt voluntarili
vote voter
waffl waver
wag waggl
wail whimper
wallop whack
wander wind
war warfar warrior
wareh warehous
wari warili
warm warmli
washbasin washbowl
watch watcher
watcher wit
water wateri
watercolor watercolorist
wave waver
wax waxen
weak weakli
wear wearer
weari wearili
week workweek
west westerli westward
whimper whine
whir whiz
whiskei whiski
white whiten
whiz wizard
whole wholli
wick wicked wickedli
widow widowhood
wiggl wriggl
wild wildli
wile wili
will willing
win winner
wind windi
winter wintertim wintri
wit witti
woeful woefulli
wolf wolflik
wonder wonderfulli wondrou
wonderfulli wondrou wondrous
wondrou wondrous
wool woolen
worm wriggl writh
worri worriedli worriment
worship worshipp
worth worthi
wrap wrapper
wrath wrathfulli
wrestl wrestler
wriggl writh
wrong wrongli
wry wryli
yank yanke
yap yelp
zero zip
zionism zionist`;
export const NEAR = `abandon consign discard forfeit refus
abas humili
abat intens
aberr abnorm deflect warp
abhor detest hate
abid last perman
abject contempt humili
ablat fall
ablaz passion
abnorm anomal deviant deviat
abolish abrog
abomin hate
aborigin filipino russian
abov preced
aboveground surfac
abreact purg
abridg summari
abroad deporte
abrupt rude staccato
absenc awai defici disappear lack nonoccurr vanish
absolut abstract
absorb attent sorb
absorpt sorption
abstain refrain
abstract conceptu right theoret
abund lush profus rich riotou
abus cruelti misus persecut
ac superior
acced succumb
acceler brisk fast
accent background drawl underlin underscor
accentu background underlin underscor
accept believ
access recov regain retriev
accessori support
accompani lone strand
accomplish consumm discharg effect effectu end skill
accost arriv greet
account biographi record
accredit certif licenc
accru rise
accultur cultiv detrib
accumul bale chunk lump store
accuraci fidel
accus alleg blame obliqu recrimin reproach
accustom inur
aceton solvent
achiev compass succe wangl
acid unpleas
acknowledg conced confess
acquisit inherit moneymak procur
activ polici treat
actress starlet
actual be exist
adam carbon inflex
adapt chang gear tailor
adher adhes ecclesiastic
adhes cohes gummi resini sticki tarri
adieu farewel
adio farewel
adjac shut
adject chang compar posit
adjunct support
adjust improv readjust
administ superintend superv
admir anglophilia envi esteem like respect
admiss incom
admit conced confess
admix coalesc fuse mix
admonish adviz counsel
admonit advic
ado rumpu
adolesc juvenil
adopt approv bless compli
ador idol love rever worship
adsorb sorb
adulter libertin
advanc earli edg elaps encroach inch overhaul precoci
advantag asset benefici preferenti wish
adventur attempt dare essai forecast mercenari swashbuckl task try undertak
advers disast nadir unfavor
adversari duelist foe
advert announc ballyhoo broadsid circular commerci flyer headlin promot
advertis broadsid circular commerci flyer promot publish
advic propos recommend
adviz dissuad urg
advoc propos
aerat treat
aerial pass
aerosol cloud dispers fog fume gaseou haze smoke sprinkl
affair concern least
affection love
affer nerv sensori
affidavit testimoni
affili relat
affin attract
affirm check
affix glu job mount past prefix suffix
afflict sick
affluenc wealth
affront crime indign spite
afghan blanket
afir light
aflam passion
aflar move
afoot move
aforesaid same
afraid aghast alarm dismai fear frighten horrifi hunt panick scare shock terrifi
aft after
afternoon daylight daytim
ag old
agap love open
agenda fare
agglomer bunch chunk clod clump cluster lump
agglutinin antibodi
aggress battl trucul
agit distraught excit feverish frantic fret fuss hectic perturb rumpu shaken upset
ago past
agre allow counten permiss succumb
ahorseback move
ail sick
air expos
aircraft bogi
airless ventil
airspe speed veloc
akin similar
alabama south
alarm fear fright frighten scare
album medium
alderman repres
alga diatom seawe
alien deporte
alight land light
align bloc realign true
aliquot fraction
all each everi
alleg announc assert
allegi cooper
allei road
alleywai road
alli consort countri
allig rough
allot apport appropri
allow author brook deduct endow endur gift legitim privileg share toler
allus refer
aloof indiffer
alpha import
alterc quarrel wrangl
altern obvers secondari
altogeth naked
altruism unselfish
alveolar conson
amass backlog
amaz surpriz wonder
ambassador diplomat
amber yellow
ambianc flavor
ambigu amphibolog evas loophol parisolog
ambit wish
ambiti aspir
ambl rambl
ambuscad wait
ambush wait
amend correct reviz
american countri patriot
ammo arm cartridg munit round shell
ammunit arm cartridg munit round shell
amor love
amorist buff devote
amount summar
amplitud shift
amus delight pleas
analog infer similar
analogu similar
anatomi morpholog
ancestor forefath
ancient past
andrena bee
anem weak
angel archangel
anger emot enrag exasper furi indign infuri offend outrag piqu rage vexat
angri enrag incens indign mad madden outrag wrath
anguish distress sorrow
ani some
anim physic
anion deterg ion
annihil destruct vapor
anniversari birthdai centenari centenni
annoi antagon beset chivi displeas harri
announc assert avow dictum name pronounc
annoy impati
anod electrod
anomi isol
anonym nameless
anoth other
answer counter retort
antagon devil gravel irrit vex
antagonist duelist foe neg
anteced forefath preexist prior
anterior frontal
anthil hillock knoll
anthropologist archaeologist
antibodi precipitin
antic strang
antiqu graybeard
antiserum serum
antithet differ
antitrust fair
anxieti scare
anxiou eager
apart penthous room
apertur rule
apex extremum
aplomb calm composur equanim
apocalypt prophet
apocryph question
appar obviou
appear gleam glint glisten glitter loom sound
appeas calm still
appendix supplement
applaud gesticul gestur motion
applejack brandi
appoint decis institut nomin
apport award share
apprais assai check tariff valuat
appraiz praiz reevalu
appreci consider grate savvi understand
apprehend understand
apprehens fear forebod fright pall premonit suspens trepid
apprentic beginn origin
appropri fund share
approv author champion patronag
apt inclin
aptitud instinct
arabl product
arbitr negoti
arbitrari discretionari
arc bend
arch bend curv
archbishop bishop metropolitan
ardent passion
ardor eager
areawai passagewai
arena environ keep kingdom realm
argu claim defend
aristocraci elit
arm bomb forearm hardwar limb
armament artilleri launcher munit
armchair fauteuil
armi legion
armoir wardrob
arous incit stimul
arrai matrix spectrum tabl
arrang collus laid
arrest cage captur imprison jug prison trap
arriv eman futur land near shut
arrog condescens hubri proud
arroyo gulli
arthriti gout
articl editori nonfict separ
articul eloqu
artifici cardboard ersatz imit simul styliz synthet
artilleri cannon
ascend despot dominion predomin supremaci surfac
ascertain count situat
ascrib intern loan
ash residu
ask commun need
asleep dormant drowsi sleepi somnol
aspect characterist featur
aspir plan softwar
assai assess bioassai
assail desecr molest rape reassail savag sic
assassin murder
assault battl desecr engag fight molest rape reassail savag sic
assembl reassembl
assert claim cocki insist satisfi
assess check praiz reevalu tariff valuat
asset fort specialti
assidu intent
assimil learn
associ colleagu confrer equal member pardner particip peer subordin teammat
assort heterogen hodgepodg
assum expect presuppos
assumpt postul precondit thesi
assur certainti
astonish surpriz wonder
astound incred surpriz unbeliev
astronomi astrophys
astut smart
asymmetri spatial
athletic vigor
atmospher flavor
aton redress right
atrophi fall wither
attack ax bomb commerci counterattack fee fire penetr prei reach strafe stunt us usag
attempt gambl risk strive struggl unsuccess
attent engross heed intent observ
attest authent notar
attic mow
attir clad cloth costum
attornei counsel profession prosecutor
attract bond captiv cute fetch graviti magnet spellbind tug
attribut characterist featur intern loan traceabl
audac bold
audaci bold
audit case checkout
augur bespeak indic prophet
authent certifi evid manifest trustworthi
author canon control counten glorifi licenc okai sanction valid
authorit influenti
authorship draft
autofluoresc fluoresc
autoload firearm
autonomi independ
auxiliari secondari
avail get
aveng penal punish
avenu method
averag median normal number statist whole
avoid bypass eschew evad hedg refus shun sidestep skirt
aw bad cow fright scare wonder
awaken reawaken rous
awar feel know sens
award bestow certif distribut
awkward inconveni
awri crook
axiomat obviou
babe newborn
babelik depend
babi newborn
back bless champion okai rear sanction second
backdrop sceneri
backer sponsor
background emphas stress
backstag privat
backward invers regard revers
bacteria microorgan
bad deplor horrid lousi result rotten rubber stink
badg mark tag
badger dun rag
baffl befuddl confound difficult perplex stump
baggag suitcas
bai color
bait banter chaff jeer jolli mock scoff temptat
bake dry
balanc complement counterbal counterbalanc equilibrium offset poiz repai
bald hairless overt rise
bale collect compil sheaf
balk disobei intract
balkan divid split
ballet choreographi
balletoman enthusiast
balloon pilot
ballpark stadium
ballplay batter fielder hitter hurler pitcher slugger
ballyhoo promot publish
ban bar decre embargo enjoin fiat illeg
bang big
banish expel
bank inclin riverbank slope tip
banner superior
banquet gaudi host
banter tantal taunt
baptiz name
bar disallow proscrib speakeasi
barb comment sai sarcast
barbarian primit
barbecu grill
barbit barbitur
bare uncov
barg race rush speed
bargain haggl negoti talk
baroni impress
baroqu fanci
barricad occlud
barrier obstruct
base basic
baselin criterion standard touchston
bash timid
basi foundat
basic grassroot rudimentari
basin birdbath
bass pitch
bast moisten
batch group
bath cleans swim
bathrob robe
batter bunter
battl wrestl
bawl shout
bayonet knife stab
be coexist life preexist presenc
beach land
beachhead bridgehead
bead cover
beadi bright
beam cheer smile
bear related
beard imperi rim shave unshaven
beardown strong
beat defeat outsmart overcom tire
beauti glamor gorgeou handsom love loveli picturesqu pretti resplend scenic splendid
beautifi polish
becaus collect payabl repay unpaid
beckon gesticul gestur motion
bed blanket quilt
bedamn invok
bedfast sick
bedraggl dirti soil unclean
bedsid side
bee bumblebe drone honeybe
beef cattl complain cow oxen plain whitefac
beefi robust
beetl hang
befog conceal hide
befuddl bewild mystifi puzzl
beg plead supplic
beggar resist
begin emerg genesi incept menarch oncom onset open
beginn fledgl newcom rooki
beguil cheat seduct
behalf stead
behavior crime
behind down
behold see
belch eject emit
belliger hostil
bellow shout
belowground subsurfac
bemoan complain plain
bench pew settl
bend crouch fawn grovel lean stoop tilt
benedict prayer
beneficiari devise legate pension
benefit capit net pyramid
bent resolut
berat castig
berri blackberri
beseech plead
beset devil dun gravel irrit needl rag vex
besieg foe
besmirch malign
bespeak bode omen portend presag
bestial inhuman
bestow give
bestubbl shave unshaven
bet forecast gambl
beta import
betrai disclos divulg
bevel cone miter
bewail complain plain
bewhisk shave unshaven
bewild confound perplex stump
bewilder disarrai
bewitch enchant
bia obliqu taboo
bicker quarrel wrangl
bid order user
bidder softwar
big bouffant bulki coloss enorm epic extens giant gigant great heroic huge immens mammoth massiv monstrou overs plump prodigi sizabl spaciou stupend thump titan tremend vast volumin wallop
bilater symmetr
bilk cheat
billow rise
bin dustbin store
bind cling coher deterr valid
biographi chronicl
biophysicist physicist
bird vertebr
biscuit hardtack
bishop cardin priest
bite gnaw grip sarcast wound
bitter envi grievanc grudg
bittersweet sad
bivouac hutment inhabit lager live popul
blab disclos divulg
black eboni
blackout paus
blame curs
blank empti
blanket comprehens
blare loud
blasphemi profan
blast destruct
bleach white
bleak hopeless
bleari tire
bleat complain plain
blemish mar scar
blend compound mingl
bless invok patronag
blight desol destroi
blind blindfold dazzl
bliss happi
blister defect unpleas
blith concern
blizzard storm
bloat swell
blob tarnish
bloc coalit
block occlud
blockad bottleneck foreclos forestal preclud prevent sieg
blond redhead sandi
blood bloodstream
bloodi bloodstain bloodsuck bloodthirsti gori homicid sanguin
bloodless kill
bloom effloresc
blossom bud chrysanthemum effloresc
blot blotch imbib
blow chuff exhal gasp pant process
blown move
blubber weep
bludgeon coerc forc pressur
bluff steep
blunder breach fumbl slip transgress
blur indistinct
bluster confus
blusteri stormi
board departur embark go leav
boast braggadocio crow exagger gloat proud
boatswain seafar seaman
bode indic
bog mire
boi schoolboi sonni
boil evapor heat warm
boister disorderli
bold brazen dauntless embolden foolhardi overvali reckless temer
bolo neckti tie
bolster pillow reenforc reinforc
bolt lightn
bomb discharg gunpowd munit onrush shell
bombproof invulner
bond cling coher
bondsman slave
bonem organ
bonfir fire
boni lean
bonnet hat
book publish schedul
bookshelf shelf
boomerang pai projectil
boost help
boot shod
booz claret ingest wine
border inclos
borderlin lowest minim
bore tire windbag
boredom dissatisfact
born kitten lamb offset outset produc pup
bosom conceal hide
boss crucifi crucifixion govern headlin import minist name orient penal punish superior
both some
bother disturb strain
bottleneck fall obstruct
bottom heel sole
boulevard road
bounc elast healthi
bound brink enchain finit fring infinit margin peripheri rim shackl ti verg
boundless infinit
bourbon reactionari
bovin cattl cow oxen
bow gesticul gestur motion
box encas
boyhood childhood
boyish young
brace nerv prepar steel
brag crow exagger gloat superior
braid tissu
braini intellig
brake end
branch divid
bravado fanfar
brave defi gallant valiant warrior withstand
braveri fortitud gallantri heroism valor
breach goof sin trespass
break disloc eclips shatter
breakabl brittl fragil friabl splinteri
breakawai independ
breast converg
breastwork fortif
breath choke exhal inhal sigh snore wheez yawn
breathless smother suffoc
breed caus eleg fruit
brick ceram cope
bridg connect
brief short
brier veget
bright brillianc dazzl fire glare gleam glint glisten glitter lumin luster opalesc radiant shine shini splendor twinkl
brilliant superior
bring channel ferri fetch transfer whisk
brisk energet quicken
broad panoram sweep
broadcast messag publish rerun satellit telev
broadsid side
broil cook grill
broiler oven
broker negoti stockbrok
bronz dye
brook counten stream
broom delet
browbeat domin intimid
brown sepia
bruit gossip
brush underbrush veget
brushi wood
brutal inhuman
brute inhuman
bubbl emit foam froth
buck endeavor strive
bucol rural rustic
bud rosebud
budget fund
buffalo cow
buffoon fool
buggi insan
bugler trumpet
bui shop
build coordin organ
bulg bulk snag wart
bulk number
bull cattl cow oxen
bullet projectil
bulletin publish
bulli bullyboi domin good intimid muscleman
bullneck strong
bullshit dissembl feign pretend
bullyboi roughneck rowdi ruffian
bunch knot swad tuft
bundl pack
bunk cheat
bunter hitter slugger
buoyant light
burden headach worri
burglar housebreak
burglari housebreak
buri conceal funer hide
burli robust
burn cremat import torch
burrow delv dig
bushel darn sole
bushwhack rustic wait
businesslik effici
businessman owner proprietor
businessmen profess
bustl rumpu
butler manserv
buyer custom
buzz noisi
bygon past yesteryear
bypass highwai
cabl telegram
cadaver lean
cagei smart
calam misfortun tsunami
calcifi harden
calendar schedul
calib superior
calibr superior tune
caller cool visitor
callou inur
calm comfort concili consist consol gentl lull mollifi pacifi reassur seren solac sooth tranquil
calumni disparag epithet malign
camaraderi sociabl
camouflag semblanc
camp hutment inhabit lager live popul
campaign race
campfir fire
campu field
cancel repeal
candidaci crusad stump
candor honesti
cant cock
canteen flask
cantilev protrud
canva tarpaulin
canyonsid inclin slope
capabl capac
cape spit
capit profit stock superior
capitalist conserv
capitul surrend
capsul enclos envelop
captiv convict pow
captor kidnapp
captur conquest
car rocket
carbin rifl
carbon charcoal graphit
card match
cardboard pack
care conscienti detail piti studiou thorough
careless cursori perfunctori
caress pat pet stroke
caretak concierg custodian super
careworn tire
caricatur humor lampoon parodi wit
carnal physic
carp critic
cart oxcart wagon
cartoon humor wit
cartwheel wheel
carv engrav grave sculptur
carven engrav sculptur
cascad waterfal
case time
cash currenc exchang
cassock clad cloth
cast send
castig chide rebuk reprimand reproof scold
castl mans
casual concern
cat flog lash lather whip
catalogu class classifi
catapult propel
catastroph misfortun tsunami
catcal derid
catch surpriz
catcher infield
catecholamin noradrenalin
categor class classifi
cater supplier
catharsi purg
cathod electrod
cathol pope
catholic christian
caus contribut contributori effect effectu engend factor impel impress incept occas plan shape
cautiou gingerli
cavalri soldier soldieri
caveman primit
ceaseless continu
celebr commemor immort luminari notabl revel
celer instanc
cell compart
cement concret
censu count
censur condemn disapprob
center concern pertain
central switchboard
centrifug ultracentrifug
certain definit
certainti certitud confid reli
certifi notar
chaff tantal taunt
chagrin demean embarrass spite
challeng contest difficult
chamber divid
chambermaid maid
champ chew competitor rival
champion competitor good indors rival
chanc sai
chandel rise
chang dynam intens reviz transform
chant singsong
chantlik rhythmic
chao confus
chaotic disorgan
charact engrav inscrib
character descript portrait portray
characterist distinct extern facet invari peculiar symptomat
charlatan quack
charm pleas
charnel vault
chart map profil
charter contract
chase hound
chastis penalti punish
chat convers gossip
chatter prattl talk
cheat con defraud swindl victim
check confirm corrobor cover draft substanti
cheer cheeri chipper encourag gai lightheart perki satisfactori smile sunni
chees end leav
chemistri geochemistri
cherish love
chew chomp gnaw
chic eleg
chicken cowardli
child dupe juvenil
childish immatur
childlik young
chill depress dismai freez refriger
chip fragment splinter
chisel crib deceiv delud job rig shark
chivi devil dun gravel irrit needl rag vex
chlorin halogen radiochlorin
chlorpromazin phenothiazin
chock full
choic favorit superior
choos darl decid decis discrimin elect elit favorit sampl superior vote will
choosi fastidi
chopper grounder
chorin dancer
chortl laugh laughter
christian protestant
chromatogram record
chrome chromium plate
chronicl record
chuckl laugh laughter
chump dupe
chunk clot collect compil
churchgoer parishion
churn stir
chute dive
ciliat protozoan
cinch forecast task undertak
cinema medium
cipher messag
circl oval
circu troup
circumfer size
citi hometown
citizen civilian countri elector freeman voter
citrat ester
citron citru
citru lemon orang
civil civilian societi
clad cowl dress garb gown pettico tuxedo uniform
claim postul profess purport wish
claimant softwar
clairvoy foreknowledg
clammi wet
clamor need noisi
clan folk
clang noisi
clank noisi
clannish joint
clariti unambigu
clasp grasp hug
class group reclassifi stereotyp
classic concerto opera oratorio
classif index reclassif stratif
classifi group reclassifi stereotyp
classless democrat
clean cleanli immacul purg purif scrub spic spotless sweep unus wash washup
cleaner formul soap
cleans purg purif scrub soap sweep washup
clear unambigu unmistak
cleft divid indent
clever creativ smart
clich comment sai
cliff crag precipic
climax junctur occas
clinch tight
cliqu group parti
cloak disguiz
clock durat timepiec
clod clot
clog occlud
clot lump thrombu
cloth cowl gown pettico tuxedo uniform
cloud haze pure troubl
cloudburst rain
cloudi indistinct
clover shamrock
clown fool
club unit
clue indic
clump knot swad tuft
cluster huddl knot swad tuft
clutch embrac
coal lignit
coalesc conjug
coars granular gritti
coast glide shore
coattail flap
coax flatteri persuas
cockatoo parrot
cockei crook
code mark tag
codif systemat
codifi systemat
coeffici reflect weight
coerc compel oblig railroad terror
coexist exist synchron
coffeepot percol pot
cognat relat
cogniz feel know sens
cohes continu
coincid overlap
cold heat refriger shiveri
collag photomontag pictur
collaps flop
collat compar
collect joint lump store
collegian undergradu
collis imping strike
color complexion dose dye effect liver monochrom mottl paint pigment tint trichrom tricolor
coloratura soprano
colt male
column columnlik
columnist journalist
combat engag wrestl
combin sorb
combust flame oxid
comeback sass
comedi farc melodrama slapstick
comedian joker
comer competitor rival
comfort conveni cozi keep livelihood satisfactori still
comic humor joker
command order polic produc
commend worthi
comment commonplac critic jibe note refer salli wisecrack
commerci transact
commi socialist
commit sworn
commonplac ordinari sai
commonsens reason sensibl
commonwealth provinc state
commot stir storm tumult turmoil uproar
commun crossroad frequent messag parish prai receipt relai transmit villag
commut switch
compact effect wad
compani consort engag forecast institut maker noncom partnership processor publish strength task toil undertak
companion consort playmat
companionship friendship
compar like similitud
compatriot countri countryman
compel enforc forc impos pressur
compet plai profici rival workmanlik
competit match
compil lump store
complain gripe grumbl inveigh nag protest train
complet entireti exhaust fulfil full integr sheer thoroughgo uniti
complex complic interlock interwoven intric syndrom tapestri tortuou whole
complexion pallor tint
compli espous obei
complianc cooper keep
complic guilt
compliment flatteri praiz
compon point
composit placement syndrom whole
composur seren tranquil
compound improv mix particip whole
comprehend understand
comprehens savvi umbrella understand univers
comprom cooper
compuls perfectionist
compunct penanc regret repent
comrad playmat
con quarrel short
conceal disguiz fog invis lurk obscur skulk veil
conceit pride
concentr or titer
conceptu frame method
concern detach haunt matter nonchal obsess particip
concert contriv design joint sing
concess franchiz
concili still
conciz pithi ters
conclud deduc deriv extrapol infer produc shut
conclus judgment
concoct mingl
concord consist correspond jibe match talli
concurr synchron
condemn denounc
condit learn
condon forgiv
conduct crime racket
confeder southern unit
confer symposium
confessor priest
confid confidant disclos divulg overconfid reassur
confidant intim
confidenti privat
confin hamper rang scope
confirm evid unchang
conform just niceti
confound mystifi puzzl
confront pit
confus mistak
congest full hyperemia
congratul paean superl
congreg flock
congress legislatur
congressman law
conjectur expect formul reconstruct
conjoin connect joint
conjug fuse mix unit
connect crook effect related relev
connot mean
conquer curb quell silenc squelch
conqueror victor
conscienc ethic moral
consciou plan
conscious self sensibl
conscript enlist mobil
consecut succeed
consensu treati
consequ phenomenon subsequ
conserv improv reactionari traditionalist
consid constru interpret think
consider muse reflect
consist constitut exist nerveless placement poros pursuant soft solid songwrit viscos
consol reassur still
consolid merg unifi unit
conson dental guttur harmoni lingual nasal
consort partner spous
conspicu featur salient
conspir plot
constant paramet
constern fear fright
constitut pose
constrict fall
constru misconstru misunderstand read regard understand view
construct corduroi form groin improv rear rebuild shape shipbuild stand wattl
consult enquir inquir
consum custom eat feed gulp guzzl sip suck user
consumm fulfil skill
contact interact
contamin dirti soil
contempl stare
contemporari equal modern peer
contempt piti pitiabl
contest oppos quarrel
context discours
contigu shut
contin landmass
conting possibl
continu dog extend insist perpetu persist recurr repeat repetit straight
contraband illeg
contracept protect
contract promiz rent specifi stipul
contradistinct differenti distinct
contrapt gadgetri
contrari differ
contrast differ
contributor donor
contrit regret
contriv gadgetri
control disciplin domin possess potenc
controversi polem
convei hint impart mean thank
conven reconven
convent customari
convers interview jaw proposit transform
conveyor courier messeng
convict prison
convinc disillus sure
convoi escort
cooccur synchron
cool freez precool refriger
coolant fluid
cooler icebox refriger
coon rustic
cooper joint
coordin equal interlock
copi recopi
coral pink
cord pile
cordial friendli
cork plug
corona glow radianc
corp rotc
correct remedi revers
correl relat
correspond equal relat similar
corridor hall hallwai passagewai
corrod rust
corros destruct
corrupt poison reprob
cortex neocortex paleocortex
corticosteroid dexamethason triamcinolon
cosponsor patron sponsor
cost expenditur tariff valuat
couch dayb divan phrase word
councillor soviet
counsel dissuad lawyer steer urg
count decid recount studi summat
counten endur express give legitim look privileg toler
counter neg
counterattack onrush
counteroffens crime
counterpart equival
counterpoint differ foil war
counterpropos propos
countershot dose shoot
countless incalcul
countri loyalti reich
courag fortitud gallant gallantri heroism valiant valor
courier herald
cours cross teacher travers
courteou polit
cove inlet
cover crust dabbl drape drench overgrown overlai splatter thickspread tile wrap
covet envi
coward craven milquetoast
cowardli craven
cowboi vaquero
cower crouch stoop
cowhand vaquero
cowhid flog lash lather whip
cowpunch vaquero
coyot wolf
crack good open rough superior volcano
crackl fanci rattl
crackpot eccentr
craft fashion
craftsman profession
craggi rough
cram stuff
cramp twitch
cranki unstabl
crate encas
craze insan
crazi insan lunat madman maniac
cream elit
creas pleat pucker ruck twirl
creat groov plant
creativ fanci fecund imagin invent
crech hospit infirmari
credo testament
creed testament
creek stream
crime rebuff slight
crimin guilt
crisi exig
crisp fold fresh pucker ruck
crisscross reticul travers
criterion norm scale yardstick
critic profession rebuk reprimand reproof scath
crock drunk
crook malpos twist warp wind windblown writh zigzag
crop pai
crossroad junction
crowd huddl jam mob pack rabbl rout swarm throng
crown enthron ultim vest
cruditi wild
cruel inhuman
cruiz voyag
crupper strap
crusad ventur
crush destruct prevent quash repress rough subdu subjug
cry howl pipe shriek shrill squawk wail whoop
cryostat thermostat
cryptic incomprehens inexplic
crystal flake ic solid
cube multipli
cuddl embrac
cuff slap
cultur refin societi
curb suppress thermostat
curbsid pavement
cure prevent salv
curio showpiec
curios interest
curiou strang
curli wavi
current latest underwai
curs damn darn goddam goddamn profan
curt rude
curtail ration
curv sinuou sinusoid
cuss tormentor
custodi protect
custodian janitor
custom patron ritual shopper
cutlass sword
cylindr round
cynic detractor
cytoplasm protoplasm
dabbl dunk fall
dad father
daddi father
dai date morrow newspap period tomorrow yesterdai
dainti delic jelli tidbit
dam occlud weir
damag deform distort
damn invok worthless
damnat denunci
damp soften wet
dangl hang
dank wet
dapper fashion
dark darken dim duski gloomi tenebr twilight
darken dusk
darn fix worthless
dart hurri projectil
dash eleg race rush speed spirit
datum statist
daunt resolut
dayb loung sofa
daydream envisag imagin
daylight even
daytim even
dazzl impress
deaden insensit
deafen loud
deal discours discuss embrac includ transact
deathli kill
deathlik kill
debauch poison revel revelri
debilit enerv exhaust weaken
debri rubbish slack
debt suscept
debut innov
decad indulg
deced infern zombi
deceiv fool fox gull trick victim
deceler delai
decenc modesti proprieti
decent respect
decid defin discoveri fix govern identif judg local measur situat valid willpow
decis fate move
declam harangu philipp
decliv downhil inclin slope steep
decor end nonfunct
decorum proprieti
decre enact law ordain
decri denounc
dedic reded sacrific
dedifferenti differenti
deduc reason surmiz
deepen evolut improv
default fail
defeat rout skunk vanquish wallop
defec piss wee
defect dun flee imperfect rag rat
defend litig ration
defens invulner
defer repriev respit
defi weather
defianc insubordin
defici inadequ need
deficit inadequaci
defin redefin
definit explan explicit redefinit
deflat deject
deform impair
defraud short
defrost thaw unthaw
degrad demor
deject depress glum
delai extens paus repriev respit slow
deleg repres
delet spong towel
deliber plan
delic gossam pastel
delicaci eleg
delici pleas
delight enchant endear enthral gratifi pleasur
delimit redefin
delin descript portrait portray
deliver redempt salvat
deliveri transfer
delud fool fox gull trick victim
delug issu lot peck
delv furrow shovel spade tunnel
demean humili
demeanor improprieti manner proprieti
demolit ravag
demon incubu
demonstr pronoun
demur object
demytholog ration restat
denial neg
denot design
denouement result
denounc excori fulmin
dens stupid
denunci philipp
departur disappear particip takeoff
depend interdepend
deploi posit
depos oust overthrow subvert
depot station
deprav poison
depress low
depriv orphan
depth sound
derang insan
derid mock
deris jeer mockeri scof scoff squelch
deriv figur origin partial reason reckon sourc surmiz
descend downhil downward drizzl
descent sink
describ outlin
descript specif
desert ditch maroon strand
deserv worthi
design incom label nicknam
desk escritoir
desol ditch inhospit maroon ruin strand worsen
despair hopeless
despatch rout ship
desper goner hopeless
despiz detest
despond hopeless
destini doom inevit
destroi extinguish go obliter rape
destruct wither
detach indiffer
detail expound fact minutia regard respect
detect heard perceiv percept plainclothesman sight
deterg surfact us
deterr obstacl
detest disdain dislik loath scorn
deton dynamit
deviant lecher nymphomaniac reprob
deviat lecher nymphomaniac reprob straggl variant variat
devil harri misbehavior misde vandal
devilish evil
devot love reded sacrific
diagnos identif
diagnosi identif
diagon obliqu
diagram schemat
dialogu talk
diam distanc
diamet distanc
diamond jewel
dicken exclaim exclam
dictat inflict settl
dictum direct
diet fast
differ discrep dispar distinct diverg divers inequ variant variou
differenti figur identifi partial reckon
difficult embarrass endur knotti troublesom try
difficulti exert
diffus distribut mantl spread
dig furrow shovel spade tunnel
digest period predigest stomach
dignifi honor reward
digniti pride
dilat widen
dilig patient
dimens distanc height small thick width
diminut eb ebb littl wane
dingi dirti soil unclean
diplomaci negoti talk
direct order orient pronounc trend
director govern
dirg keen
dirt improv
dirti filthi foul grimi mud muddi slime
disabl restrain
disadvantag prejudic
disagr divid
disagre dissent
disallow enjoin
disappear go leav
disappoint dissatisfact queer thwart unsatisfactori unsuccess
disarrai distract puzzlement
disast hardship
disastr unfortun
disband dissip scatter
disbelief doubt
disbeliev distrust doubt mistrust refus
discard dump junk scrap wish
discharg erupt fulfil
disciplin groom
disclos leak out
discomfit unsuccess
discomfort hangov inconveni malaiz
discont dissatisfact dissatisfi long restless yearn
discount discredit flout refus slight
discourag frustrat pessimist
discoveri rediscoveri
discredit dishonor dismiss
discret separ
discrimin eclect
disdain hate
disengag publish
disfigur ugli
disgrac humili
disguiz hide mask masquerad overt semblanc
disgust displeas repugn revuls
dishearten pessimist
dishonest mislead thiev
dishonor disreput stand
disillusion sophist
disintegr powder pulver
disinterest imparti
disjoint incoher
disk dot plow
dislik hate resent
disloyalti infidel treacheri
dismiss flout refus slight
dismount end
disobedi headstrong wayward
disobei refus sabotag undermin
disord disorgan disturb troubl
disorderli moblik rowdi unruli
disorgan scrambl
dispassion imparti
dispens share
dispers spatter splash sprai
displac replac transplant uproot
displai flaunt pillori
displeas exasper stung
displeasur dissatisfact vexat
dispossess unfortun
disqualifi inelig
disrupt interject interposit
dissatisfact letdown
dissembl misrepres
dissemin propag publish
distanc hold keep maintain radiu short
distant yonder
distens enlarg expans
distinct legibl
distinguish identifi import
distort impair misrepres
distress inconveni tortur troubl
distribut share
distributor retail supplier wholesal
district govern
distrust doubt
ditch forsak trench
divan loung sofa
dive nightclub parachut
divert straggl
divest orphan
divid fork lot paragraph parcel section segment
dividend profit
divorc marri
divulg leak out
dizzi sick
docil pai sheeplik
doctrinair instruct
dodg maling neglig programm shirk skulk strategi wangl
dog hound stubborn
doglik loyal
dole sad
domain environ keep kingdom realm
domest maid servant
domin govern monopol overbear overrid paramount peremptori
don dress gentleman hat
donor philanthropist
doom kill
doorman protect
doorwai entranc entrancewai
dope treat
dormitori quarter
dose gestur gunfir gunshot potshot thrust
doubl multipl
doubt indecis irresolut mistrust question skeptic
dove pigeon
down downcast fall feather
downgrad grade tariff
downpor rain
downright honest honor
drab dull
draft write
drain evacu
drainag evacu
dramat melodramat
drastic forc
draw gulli
drawn tire
dread forebod fright pall panic premonit suspens trepid
dream envisag imag imageri imagin unreal
dreamer sleeper
dreari dull
dreg sediment
dress formal
dressi fanci
dri dry
drift stream waft
drill train
drinker sipper
drive dynam firewal involuntari tool
drizzl rain
droop fall sink
dross wast
drug drunk narcot
drugless health
drumhead membran unoffici
drunk drunken lush sous tipsi
drunkard lush sous
dry parch scorch sear shrivel sunbak thirsti
dual multipl
dub name
dubiou incertain uncertain
duck hunt
dugout shelter
dull monoton
dullard lunkhead
dumb stupid
dumfound surpriz
dun harri persecut pester teas
dune ridg
dung fertil
dunk immers plung
dupe sucker
duplic reproduc
durabl long perman persist
durat span
dust fallout particul
dwindl fall lessen
dye stain
dynam incent induc mechan projectil slash
dynamit explod
eager enthusiasm zeal
ear worn
earli earlier earliest primev proto
earnest seriou
earsplit loud
earthquak seaquak
earthshak loud
easel tripod
easi painless simplist
east eastern
eat ingest intak uptak
eatabl killabl tuck
eb fall
ebb fall
ebulli spirit
eccentr strang
echo parrot
econom effici
economi industri
ecstat joyou
edema swell
edemat unhealthi
edgi tens
effect efficaci forc fulfil imping imprint manipul milit persuad phenomenon rain smitten strike
effectu fulfil rain
effici streamlin
effloresc flower
effluent outgo wast
egg pelt
ego pride
ei eyelik
ejacul exclaim exclam
eject exorc expel vomit
elabor elucid explain fanci illustr instanc
elast give plastic resili rubberi rubberlik viscoelast
elbow shove
elder senior
elderli old
eldest offspr origin
elect inquiri main reelect
electrifi excit
electromagnet magnet
electrophoresi immunoelectrophoresi
eleg foppish grandeur
element point
eleph mammoth
elev railroad rize tenur train wish
elfin supernatur
elig entitl
elimin exclud extinguish omit
elit few nobil
ellipsoid round
elong extend
elucid expound
elud flee
elut wash
emaci lean
emancip free
emb insert pot
embank rampart
embarrass mortif shame
embellish exagger
emblem flag
embodi personif
embrac grip hold nestl snuggl
emerg rise
emeritu old
emigr migrat
emot fear fright hate hatr joi love rever
emotion sentiment
empir existenti observ semiempir
empiric experiment positiv
empow entitl
empti glaze hollow loot vacanc vacant vacuum
emul imit simul
enact law
encamp inhabit live popul
encas pack packag
enchant fascin like pleas spellbound
enclos shroud
encount intersect
encourag foster prod shout spur support urg
encumbr headach worri
end fatten fulfil separ suffix
endang exist
endear pleas
endeavor essai forecast task undertak
endless long
endow flair hang knack
endur perman strength
energ recreat vivifi
energet indefatig strenuou tireless vigor
energi galvan piezoelectr rule
enforc imposit inflict oblig
engin motor
englishman whig
engross focu interest pore rivet
engulf focu pore rivet
enjoin proscrib
enjoy gusto pleasant pleasur relish zest
enlarg magnif stretch
enlighten sophist
enmesh mat
enough fill suffici
enquir queri
enrich fertil
enrol incom matricul record
enrolle pupil
ensu prove succeed
entangl particip trap
entertain extravaganza host humorist show sing social
enthral pleas
enthron ordin
enthusiasm gusto relish zest
enthusiast fanat glow
entic stool
entranc gatewai hatchwai portal
entrancewai gatewai hatchwai portal
entrust hand
enumer list
envelop shroud shut
envi jealousi rancor resent
environ habitat milieu particip set sphere
envis envisag imagin
envisag fanci fantasi pictur visual woolgath
ephemer temporari
epidem outbreak pestilenti
epiphani manifest
epitaph inscript letter
epitom symbol
epoxi glue past
equal isotherm jibe repres same successor talli townsman
equanim seren tranquil
equip mobil visor
equival replac
equivoc evas
erod worn
erot sexi
err misjudg
errand travel
erron incorrect wrong
ersatz replac
erudit scholarli
escapad forecast task undertak
escort squir
esoter mystic
essai gambl risk strive struggl
esteem honor rever statur vener
esthet sensuou
estim guess misgaug underestim
estrang isol
etern last perman
ether insubstanti
ethic hedon motiv
evalu praiz reevalu
evangelist preacher
event happen occurr
eventu ultim
everlast last perman
everydai ordinari
evid impervi notar obviou symptom verif
evidenti import
evil fiendish satan transgress vile
evoc imag imageri
evolut unfold
exacerb inflam intensif
exact rigor strict
exagger overemphas pad
exampl preced sampl specimen
exasper vexat
excel superior top wonder
excelsior pack
except extraordinari object
excess need unnecessari
exchang ransom sell sub swap
excit glamor joi reactiv respons thrill tingl titil
exclaim scream yell
excruci pain
excus forgiv
execution headsman killer
exemplar ideal
exempt impun vaccin
exert strain toil workout
exhaust tire wast weari
exhibit possess rodeo
exil expel refuge
exist imperil jeopard life menac peril preexist presenc present threaten
exodu flee
expans magnif magnific rang scope stretch
expect guess hope hypothes possibl presum reckon specul theoriz unforeseen
expedi makeshift opportunist
expedit help
expel ostrac
expend wast
expens overhead overpr
experienc practiz veteran
experiment inquiri scientist studi
expiat redress right
explain expound
explanatori instruct
explet profan
explor studi unknown
exploratori preliminari
export merchand smuggl trade
expos protect subject
exposit philosoph
expositori instruct
expound illustr instanc
express mail sparkl speak
exquisit intens
extant surviv
extend long
extens wait
extenu ration
exterior outdoor
extern featur
extra need unnecessari
extraleg illeg
extramarit illicit
extran irrelev
extraordinari howl marvel rattl sai singular wonder wonderwork wondrou
extrapol figur reason reckon univers
extrem intens limb
exuber spirit
exud secret
exult joi
ey opinion
eyeshadow makeup
eyestrain fatigu weari
fabl unreal
fabul pleas
face physiognomi tackl visag
facet featur
faceti humor
facilit help
facilitatori help
fact particular specif truth
factor fundament
factori foundri plant work
factual real
faculti retent volit will
fail muff out
faint percept
fair justic sport
fairi gnome imp pixi
fairyland fantasi
fairytal narr stori tale
faith follow
fall immers impair inhuman minim plung punctur rawhid sag share sink strait unkind wane width
fallow plow
fals untru
falsifi misrepres
falter hesit waffl
fame honor know
familiar servant
fanat passion
fanci florid imagin laci misconcept puff
fantasi imagin
fantast strang
far farawai farther farthest further outli remot
fare schedul
farmer garden ranch rural
fascicul twitch
fascin interest spell tranc
fascism nazism
fascist nazi
fashion jaunti swagger wise
fast fleet hurri instanc instant instantan scurri straightawai swift waterwai
fasten unlock
fastidi finicki
fat fleshi overweight plump
fate inevit
father papa parent pop
fathom understand
fatti greasi oili
faucet rule
favorit popular
fear horror panic quiver shudder terror timid tingl worri
feasibl possibl
feast gaudi
feat reach stunt
feather scapular
featur invari own peculiar
fecund fertil
feder unit yank yanke
fee onrush polar
feebl weak
feed intak uptak
feign misrepres
feint sham
femal filli
feminin gender
fenc hedg
fender mudguard
ferment upheav
feroc savag
feroci violent
fertil organ rank
fervent passion
fervor passion
festiv joyou merrymak
fete parti racket
fiat law
fibrosi myelofibrosi
fiction novel
fiddl maling slack
field lawn palm
fielder infield outfield
fierc savag violent
fieri passion
fig illustr
figur illustr integr roughli
file submiss
filipino nativ
fill full
film photograph photographi record
filthi soil unclean
final shut
financ fund invest refin
fine satisfactori superior
finger forefing thumb
fingernail nail thumbnail
fingerprint reproduc
fingertip tip
fire flame grassfir onrush smolder
firearm gun pistol rifl shotgun
firecrack firework
firsthand main
fist hand
fit improv proper qualif readjust suitabl
fix mainten quicki sole upkeep
flag signal
flail lick
flair talent
flank format
flash flick flicker gleam glimmer glint spark
flat plain
flatten planar
flavor salt zest
flawless perfect
fleck fragment splinter tarnish
fledgl origin
flee free lam skedaddl
fleet hurri short
flexibl plastic
flick imping strike twinkl
flight format
flimsi weak
flinch startl
fling pitch sky toss
flip tumbl
flit hurri
float stream waft
flog leather
flood full
floor startl surpriz
florist shopkeep storekeep tradesman
flow rippl ruffl smooth transpir undul
flub fumbl miscarri slip
fluff miscarri
fluffi soft
fluid liquid
fluoresc glow
fluorin halogen
flurri rumpu
flush healthi
flutter hurri
flux rippl ruffl transpir undul
fly move rise warn
foam lather soapsud spume sud
foami unhealthi
focu steep
fog hide mist
fold pleat pucker twirl
folk kindr
folklor lore
follow lag mass shadow succeed tailgat
fond like love
fool goof jackass
foolish misguid preposter silli unwiz wacki
foolproof infal
footloos free
forag queri
forc oblig railroad terror
forearm gird limb
forebod presag prophet
forecast forese horoscop marathon propheci prophesi prophet reason risk ventur
foreclos frustrat inhibit obstruct queer thwart
foreground vista
foremost good
forerunn predecessor
forest grove plant veget
forestal frustrat inhibit obstruct queer thwart
forfeit lose
forg hammer
forgiv pardon
forgotten notic
form regroup singular stem
format line rear secondari
formid impress
formul hypothes specul theoriz
forsak maroon strand
forswear repudi
fortif intrench stockad
fortifi reenforc reinforc
fortitud gut
fortun lucki phenomenon providenti
forward ship transmiss transmit
foster promot
foul soil unclean
found miscarri
fourfold multipl
fowl turkei
fraca quarrel wrangl
fraction fragmentari half
fragment scrap scrape sunder
fragranc smell
fragrant perfum
frai worn
frail weakli
franchiz licenc
fratern social
fraud swindl
freak mutant panic
free sovereign
freedom independ
freewai highwai
frenchman parisian
frenzi wild
frequenc infrar
frequent layman nobodi rustic support
freshman origin
fret worri
fridai weekdai
friendli genial like soldier soldieri
fright horror intimid panic quiver shudder terrifi terror timid tingl
frighten intimid
frostbitten frozen
froth lather soapsud spume sud
frown grimac
fruit procr product
frustrat letdown preclud prevent unsuccess
fuel refuel
fugit short
fulfil satisfact
full instinct laden load overload stuf touch
fume wast
function polynomi servic utilitarian
fund kale save treasuri
funni gag humor jest joke
furi wrath
furiou violent
furlough leav
furri hairi
fusiform point
fuss worri
futil useless
futur upcom
fuzz hairi
fuzzi hairi
gabl wall
gadfli tormentor
gadget gadgetri
gag humor silenc wit
gage parlai wager
gai queer
gaieti glee hilar
gallow gibbet
gambl try wager
gamut rang scope
gape open
garbag wast
garbl incoher
garden husbandri landscap
garner letter storehous
garrison station
gash wound
gasp inhal
gate tailgat tollgat turnpik
gaug misgaug
gaunt lean
gauntlet glove
gaze outfac
gender masculin neuter
generos unselfish
gentl mild still
gentlemanli refin
geologi mineralog
germ inspir
german krauthead
gesticul nod shrug wave wink
gestur nod shrug wave wink
get graduat
geyser overflow
ghostli supernatur
ghostlik supernatur
giggl laugh laughter
ginmil speakeasi
girlish young
give infect produc subsidi vouchsaf
glanc look
glass solid
glassi smooth
gleam seem
glee merriment
gleeful joyou
glib shallow superfici
glide skim slide snake surf
glimps look see
glint seem
glisten seem
glitter seem
gloat satisfact
global intern
glori honor
gloriou inspir stori sublim
glower stare
go particip takeoff
goal intent object plan purpos
godforsaken inhospit
godless impiou
gold metal
goldsmith jewel
golfer hacker
good optim optimum outmaneuv prizewin solid swell
goof transgress
goos nip pinch
gospel preacher
gossip rumor
govern hotelman manag standard zone
governor politician
grab intercept
grace lith
grade reorder sequenc subordin upgrad
gradual stepwiz
graduat high
grain granul particl
grammarian linguist
granari storehous
grand impress
grandchild offspr
grandfath grandpar
grandios impress
grandma grandpar
grandmoth grandpar
grandpar granni
graphic pictur write
grasp understand
grass shoot
gratifi pleas
gratitud thank
grave kill sculptur seriou
gravel harri
graveston monument
gravid pregnant
graze pastur scratch
great import
greatest superior
green profus rich
greet hello recept
grief sorrow
griev mourn piti
grievanc rancor resent
grill hibachi
grim implac
grimac smile squint
grimi soil unclean
grin smirk
grind learner particl press
grip nip pinch
gripe plain
groceri supermarket
groom particip plaster pomad teacher train
groov inciz striation
gross profit
grotesqu ugli
ground symptom
grounder roller
group ingroup
grove wood
grudg rancor resent
grumbl plain
guarante pledg
guerrilla warrior
guess roughli
gui lampoon mock
guidanc steer
guidepost rule
guilti punish
gulli vallei
gullibl naiv
gunfir shoot
gunman murder
gunshot shoot
gunsling murder
gust puff whiff
gymnast tumbl tumbler
gyrat roll spin
habit livabl
habitat surround
habitu usual
hackwork toil
haggard tire
halftim paus
halogen iodin
ham law playact roleplai
hamper hobbl iron limit throttl
hand intrust relinquish
handl unload
handmad handwoven
handwrit longhand scrawl scribbl stenographi
handwritten write
handyman repairman
hang talent
hanker pine yen
hapless unfortun
harass troubl
harbor port
hardi robust
hardship nadir
hardwar munit
hare oper
harem quarter
harp reiter repeat restat
harri irrit needl rag vex
harrow plow
harsh rough unpleas
harvest pai
hast sudden
hasti hurri
hat headgear
hate loath odiou scorn
haughti proud
haul pull tow
haunt unforgett
have stock wield
haven shelter
hawker vendor
haystack stack
haze overcast
headgear limit turban
headland mull
headlong hurri
headquart polic
heal health recuper
health prevent salutari therapeut upbeat
healthi ruddi
heap stack
hear overhear
hearer observ
heart hunch suspicion
heartbeat throb
heat melt scorch sear thaw toast
heav rize
heavi heft weight
hebephren insan
hedg windbreak
hedon moral
heed notic obei
heedless regardless
heel lean tilt undersid
hefti strong
heist robberi
help laborsav lift ministr recours stabil subordin succor support
helpless impot powerless
henpeck submiss
herald messeng
herd remuda
hereaft lifetim
heret outcast
hermeneut theologi
heroic law playact
heroin persona
hesit hover indecis irresolut
heterogen miscellan mix sundri
hex voodoo
hibern sleep slumber
hidden invis
hide lurk mask obscur rawhid skulk stealth veil
high lanki leggi rangi rise
highest peak
highroad highwai
highwai interst pike superhighwai thruwai
hike trudg
hilar merriment
hilari humor
hill hillock knoll
hillbilli rustic
hillsid inclin slope
hinder interfer occlud posterior stunt
hint intim proffer
hip inform
hire subcontract
histori past yesteryear
histrion sing
hitch snag
hitless unsuccess
hive store throng
hobbi pastim
hobbl shackl
hodgepodg potpourri varieti
hold possess storag uphold
holdup robberi
hole leak open rathol
holidai honeymoon leisur picnic spend
hollow sunken tubular
holster sheath
holyston scrub
homegrown nativ
homestead settler
homeward orient
homicid murder
homosexu queer
honesti incorrupt righteous truth
honeymoon vacat
honkytonk nightclub
honor reput salut stand
hope softwar
hord throng
horn noisemak
horselaugh laugh laughter
horseman jockei rider
host hostess
hostelri hotel
hostil oppon oppos soldier soldieri
hot overh scorch sizzl swelter
hotel inn resort
hound tail
household inhabit unattract
hover waffl waver
howl scream squall yell
huckster vendor
hue pigment
human neanderth
humbl inferior
humid wet
humili spite
humor iron ironi jest jocos jocular joke kill ludicr pander sarcasm satir slapstick witti wry
humorist punster satirist wag
hunch impress notion
hunger hurt smart starvat
hurdl vault
hurl sling
hurler southpaw
hurri leisur oper rain scud urgenc zoom
hurt injur sting thirst throb
husband partner spous
huski robust
hustl swindl
hut shelter
hymn sing
hyperbol rise
hyperfin small
hypertrophi splenomegali
hyperveloc speed veloc
hypnot sedat
hypothes reconstruct
hypothesi propos
hypothet theoret
ic icicl
ideal paragon perfect
idealist romant
ident person
identif show
identifi know
idiosyncrat person singl
idiot insan
idl indol oper
idol joss
idyl perfect
ifi unit
ignor inexperi
ignoramu illiter
illeg illegitim misbrand
illegitim offspr
illiter preliter
illusionari unreal
illusori unreal
illustri know
imag vision visual
imageri pictur vision
imagin pictur visual woolgath
imaginari real unreal
imb insert pot
imbib mop
imit mimesi model parrotlik pattern reproduc
immatur infantil
immedi present
immers soak
immigr migrat
immin shut
immor libertin
immort perman
impair lessen weaken
impal spear
impass passion
impati irrit
impecc perfect
imped interfer stunt
impel motiv
impend shut
imper press urgent
imperfect tens
imperi whisker
impervi soundproof
imping interlock touch
implac inexor relentless
implant insert pot
implic infer particip
implicit underli unsaid
implik play
implor plead supplic
import main master meaning merchand moment portent smuggl trade
impos impress oblig
imposit regiment
imposs unachiev
impract quixot
imprec invok
impregn invulner
impress incit magnific motiv nobl signal spectacular stagger state stun stupefi suspicion
imprimatur okai
imprison penalti punish
impromptu prepar speech
improv landscap recoveri reviv scrub temporari transform
impuls motiv
impur wast
imput intern loan
inabl stupid
inadequ lack
inadequaci lack
inaud ultrason
inaugur speech
incalcul innumer multitudin myriad number
incapacit restrain
incarn personif
incens scent
incept prelud
incipi offset outset
incit rous
inciz notch
inclin mountainsid prone rise upgrad
inclos surround
incom incurs influent irrupt registr
incomplet partial
incomprehens inscrut mysteri paradox unaccount unexplain
inconsequenti unimport
inconsist war
incorpor unit
incur subject
indebt oblig
indefin uncertainti
indent notch
independ individualist liberti
indescrib inexpress
index scale
indic omen portend presag vestig
indirect mediat
indispens vital
indistinct nebul
individualist singl
indol inertia
indors okai sanction second
induc produc
indulg luxuri wallow
ineff inexpress
inequ nonequival
inertia passiv
inexcus warrant
inexhaust infinit
inexperienc origin test tri uniniti
inexplic inscrut mysteri paradox unaccount unexplain
inexpress unspeak untel
infal uner
infant newborn
infatu passion
infect septic
infer reason surmiz
inferior lowli outclass
infern kill
infest invad
infield shortstop
infiltr penetr
infinit verb
inflam unhealthi worsen
inflammatori unhealthi
inflat rise
inflect paradigm
inflict prescrib regiment
influenti potent
inform know
infrar invis
infrequ occasion
ingest sampl satiat
ingroup parti
inhabit lodg neighbor nest person room tenant tent
inher intrins
inhibit preclud prevent repress smother strangl
inhibitori limit
inhospit wast
inhuman savag viciou
injur mangl torn
inkl propos
inner inward
innoc virgin
innov pioneer
input insert
inquir queri studi
inquiri probe studi
inquisitor question
insan lunat mad maniac maniclik paranoid psychopath psychot schizophren unreason
inscrib write
inset pictur
insid midst thick
insignific meaningless
insist need
insol rude
inspir sacr
instal reinstal
instanc time
instruct interpret manual prescript
insubstanti wraithlik
insuffici scant
insul soundproof weatherstrip
insular isol
insult spite
insuper unconquer
insurrect mutini war
intak suck
integr intrins reckon unit
intellectu mental
intens scream sever terrif utmost vehement
intensifi redoubl thicken
interact interplai
interced negoti
intercept point
interchang junction
intercontinent worldwid
interest transfix
interf intrus
interim temporari
interior midst thick
interject interrupt
interlay layer
interlock organ strike
intermarriag marri matrimoni
intermedi middl negoti sophomor
intermediari interpret
intermesh tangl
intermin long
intermitt sporad
intern world
interposit interrupt
interpret misconstru misunderstand read regard understand view
interrel reticul
interrog sentenc
interrupt unbroken
intersect meet point vertex
interven meddl
intervent particip
interview question
intimid scare
inton monoton prosodi singsong
intract uncontrol
intrigu plot
introductori open
intrud invad prowler stranger
intrus meddl
invad overrun
invalid null
invalu valuabl
invari paramet unvari
invas penetr
inveigh plain
invert turn
invinc unconquer
invis ultraviolet unseen
invit tantal unwelcom
invulner safeti
iodoprotein thyroglobulin
iron robust shackl
ironi wit
ironlik strong
ironshod shod
irrat real superstiti unreason
irregular misbehavior misde unlaw warrior
irrelev tangenti
irresist overwhelm
irrig wet
isol loneli seclud solitud sporad
issu perfect
ital longhand
item list particip share
jag uneven
jap japanes
jar vase war
jaw jowl
jazzi rhythmic
jeer tantal taunt
jelli treat
jest pun quip wit
jesuit religi
jet oper
jewel pearl rubi
jibe sai treati
jimmi open
job outpost
jog proce
joggl shake wag waggl
join marri rejoin unit
joint stifl
joke pun quip wit
jolli joyou tantal taunt
jostl shove
jot note
journalist newspaperman
joust struggl
jovial joyou
joyou merri
judg ordinari refere
judgment opinion
judici legal
juju magic
jukebox phonograph
jumbl rummag
jumpi tens
junction rotari roundabout
junior younger
junk rubbish slack
just meet right
justic righteous
justifi warrant
juvenil small teen teenag young
keep perpetu persever resourc resum sojourn sphere subsist sustain
ken know
kerchief scarf
kerygma preach sermon
kettl pot teakettl
keynot subject theme topic
kick propel punt
kill lethal lifeless murder pulseless slain zombi
killer murder
kindl light
kindr similar
king monarch sovereign
kingdom sphere
kinship rapport
kitchen kitchenett
kittenish play
knack talent
kneecap shoot
kneel rest
knightli past
knit rib
know known legendari notabl note realiz savvi understand
knowledg teacher
knuckl press
label name
labor strain struggl
lace shoelac shoestr
lacer ruptur tear
lack need pauciti
lackei servant
ladder stair step
ladylik refin
lag trail
laggard slow straggler
lagoon reservoir
laiti mass
lam skedaddl
lampoon ridicul
landlord landown
landmass subcontin
landslid triumph win
lap thigh
lash leather violent
last past perpetu unend
latch lock
late posthum
latent potenti
latest new tide
lather leather
laugh snicker snigger snort titter
laughter snicker snigger snort titter
launder wash
lavish produc
law ordain pantomim politician roleplai senat skit temporari
lawyer profession prosecutor
lax neglig
layoff shutdown
laze loaf moon
lazi slow
lead mislead most usher
leaf perus
leagu most unit
lean scarecrowish scrawni skinni slender slim slope spare stringi trim wiri wither
leap pounc
learn memor relearn scholarli
least matter
leather whip
leav particip port takeoff
lectur preach speech teach teacher
ledg ridg
leg limb
legion mani
legislatur parliament senat
leisur vacat
leitmotiv melodi tune
lemma proposit
lengthi long
lesion ulcer
lessen wane
lesson teach
lethargi torpor
letter text
letterhead stationeri
level plan
levelhead reason sensibl
lever open
liabl like
liber manumiss neoliber whig
libertin rake rip
librarian profession
libretto script
lick sediment thrash wallop
lie untruth
lifelik realist
lifelong long
lift raiz
light lightweight
like prefer promiz resembl similar
likelihood odd
limb thigh
limit ration regulatori repress rule trammel utmost
limp weak
line rank rim row
lineman tackl
lineup roster
lipstick makeup
listen observ
liter true
littl miniatur minut petit smallish teensi wee
live lodg neighbor nest room shack tenant tent
livelihood resourc subsist
load overload stack
loan memori salut worthi
lobbi solicit
lobe lobul
local scene show
locat pinpoint unearth
lock padlock
lockup prison
lodg popul quarter
long longstand nostalgia overnight pine wish yen
longhand write
look observ sightse sparkl stare superfici watch
loom seem
loosen unscrew
lope oper
lose miss
lot split
loud shatter thunder yell
loung sit
low reef
lowest neglig peak token tokenish
loyalti patriot
lucid unambigu
luggag suitcas
lugubri sorrow
lukewarm warm
lull paus still
lumber plank
lumpish stupid
lunkhead stupid
lure stool
lurid violent
lusciou sexi
lusti passion
lyric melod relyr text
machinelik mechan
macrophag phagocyt
madrig sing
magazin publish
magic supernatur
magnet paramagnet
magnifi rise
magnific majesti
maiden open
mail messag
maintain process progress uphold
mainten overhaul
make product
makereadi prepar
makeshift temporari
makeup mascara
male stamin
malevol mean
maling shirk
mama mother
mamma mother
mammal vertebr
mammalian vertebr
manag succe
maneuver mobil
mani numer
manic wild
manifest notar obviou
manifold multipl
manner wise
manor mans
mans palac
manserv servant valet
mantel shelf
mantic prophet
manur organ
map plat
mar taint
marathon task undertak
marbl stain
march soldier walk
margin peripher
mark mileston notic postmark tariff trademark valuat
market monopoli salabl trade
marksman rifleman sniper
marri remarri unit unw weekdai widow
martyr victim
mash press suspens telescop
masterli skill
mastermind pioneer
mat tangl
match parlai treati wager
materi worldli
matricul recruit
matrix transpos
mauv purpl
mayor politician
meager scanti
mean meaning moral normal nuanc overton purport subtleti symbol
meaningless mindless nonsens
measur precaut safeguard
median normal
mediat negoti
medium moder
melancholi sad unhappi
melod sing
melt unfrozen warm
memor unforgett
memorabilia record
memorandum note
memori thrust
menial servant
mental psychic psycholog
mercenari worldli
merchand traffic
merciless pitiless remorseless ruthless
mere pond specifi
meritori worthi
merrymak revel revelri
messag telegram
metal silver
metamorphos revers
meteor meteorit
meteorit micrometeorit
metro railroad train
microorgan viru
microscopi scientist
might strength
millivoltmet voltmet
millpond pond
mimet represent
minc refin
mind object orient subconsci unconsci
miniatur small
minim neglig token tokenish
minut small
miracul supernatur
mirror reflector
misanthrop misogynist
misbehavior mischief shenanigan
miscalcul misjudg
miscarri overreach spoil
miscegen procreat
mischief misde vandal
mischiev play
misconcept phantasi
misconstruct misinterpret mistak misunderstand
misde shenanigan
miser unhappi
miseri woe
misfortun tragedi
misjudg overestim underr
misquot quot
misrel relat
misrepres pretend sentiment warp
misrepresent subterfug untruth
miss overlook
missil rocket
missiv text
misus usag
mitig ration
mobil restless
mock ridicul tantal
modal normal
mode wise
model shape simul worthi
modern neo renew ultramodern
modif tighten
moist wet
moisten wet
mollifi still
moment pinpoint
momentari short
mommi mother
monast religi
monaur monophon
mondai weekdai
moneymak profit
monitor observ snoop watch
monk religi
monstros mutant
mop swab
moral motiv right righteous
moralist utilitarian
more normal
most number star stellar
mother parent
motion nod shrug wave wink
motiv urg
mountain rough
mountainsid slope
mourn sorrow
mousi timid
mouth yap
move oncom writh
much such untold
mud soil
muddi soil wet
muddl rummag
multipl procreat quadrupl tenfold tripl twofold
multipli rise
mundan ordinari
murki opaqu
muscleman roughneck rowdi ruffian
muse retrospect
museum repositori
mustach shave unshaven
mute soften
mutini rebel revolt upriz
mutual share
myrtl periwinkl
mystic worshipp
mystifi stump
mytholog unreal
nag plain
nai neg
naked raw undress
name nicknam renam style term
nationalist patriot
nativ russian
natur spontan
navig travel
near nearbi proxim
necess urgenc
neck pet
need needless petit redund requisit surplu ultimatum
needless unnecessari
neg pervers
neglect notic skip
neighbor popul
nervou tens
nest popul
net profit
netlik reticul
neurot psychopath
neutral object
new recent revolutionari virgin
newborn young
newcom origin
next succeed
nib point
nickel plate
nobodi squirt
nocicept sensit
noisi thunder vocifer whir
nomin phrase
noncom sergeant
nondescript ordinari
nonexist vanish
nonfict prose
norm standard touchston
north northeast northwest
northern union
nose snout
nostalgia yearn
notic overlook pronounc sight
notion suspicion
noun substant
now present
nozzl showerhead spout
nudg push
number outnumb
numer quantit
numin sacr
nun religi
nutrient wholesom
nutrit wholesom
oath profan
oblig pressur suppos
obliqu possess
obliter vapor
oblivi unawar
observ sight spectat viewer watcher wit
obstacl roadblock rub
obstruct preclud prevent
obviou plain
occident western
occlus thrombosi
offbeat rhythm
offer special
offset threshold
okai satisfactori
old older past senil vener yesteryear
omnisci wise
onetim past
onrush penetr strafe
open origin prise pry reopen rift unlock
openmouth surpriz
oper outrun rbi rush scamper scurri scuttl sprint spy transact trot
operago patron
opinion preconcept
opportun sai selfish
opposit other
oppress persecut quash repress subdu subjug
optimist rosi upbeat
oral speak
order sequenti seri serial success
ordin vest
ordinari routin unremark
organ regroup
origin predecessor premier prime prototyp proven rooki
orphan strip
orthodoxi tradition
orthographi spell
ostentati showi
other otherw
out putout
outcast wish
outclass subordin
outer satellit
outfac stare
outgener outmaneuv
outlet shop store
outlin silhouett
outnumb whole
outrag sicken
outright qualifi
outset threshold
outsid stranger
outsmart vanquish
outstand superior
oval round
overal produc
overcom rout skunk vanquish
overhang protrud
overhaul upkeep
overlap share
overprotect protect
overstrain strain
overturn turn
overwork toil
own person
ownership proprietorship
pachinko pinbal
pacifi still
pack stow
pad soft
paddl ship
paean praiz
pai remun retrac show
pain tortur twing wrench
paint watercolor whitewash
pair unit
palett rang scope
pander spree
pane windowpan
panoram wide
pantomim playact roleplai
pantri storeroom
paperi small
paragraph split
parakeet parrot
parallel similar
paranoiac psychot
paranoid psychot
paraphernalia rig
paraphras reiter repeat restat
parcel sheaf split
parimutuel wager
parlai wager
partak share
particip pertain remaind residu rest sharer subpart substanc surround
partit wall
partner wife
pass temporari
passagewai tunnel
passion wild
past prehistor sometim then
pat plausibl
patch plaqu speck
patent procur secur
pathet unfortun
patholog unhealthi
patient test throe troubl
patrol protect watchman
patron regular
patronn sponsor
patter rain
pattern simul strand
paus wait
paw scrape
peac peaceabl
peak reach sick
peal ring
peasant rustic
peculiar strang
pedant scholarli
peddler vendor
peer successor townsman
peg succe
pelt success
pen quill
penal retali reveng scourg
penanc remors
penetr raid
penutian yokut
pepper zest
percept recogniz
perch sit
perfect refin tens
perfum smell
period pictori publish week
perman perpetu unend
perpetu uphold
perplex question
persecut purg rag tortur
persever uphold
person respect singular uniqu
perspect straddl weltanschauung
pert spirit
pertin relev
perturb troubl
perus read
pessimist skeptic
pester rag troubl
petition softwar
phenomenon result upshot
physic sensual somat
pianism sing
picket watchman
pickup technic truck
picnic vacat
pictur sonogram unreal
piec shard snip
pieti religi righteous
pighead stubborn
pile stack
pillar principl
pilot solo wingman
pin promiz stickpin
pine yearn
pinnacl spire steepl
pipe scream yell
piss stale
pistol revolv
pitch trebl
pitcher southpaw
piteou unfortun
piti sorrow
plai vie
plain protest stepp train
plan posit predetermin prepar unwit
plank skid timber
planner strategist
plant replant
plaster stucco
plastic solid
plate silver tin
play puckish teas
playact roleplai skit
pledg promiz vow
plight vow
plod toil walk
plot programm strategi
pluck tweez
plumb vertic
plung soak swim
pocket pouch
point reflect
poison profan toxin
poke thrust
pole propel
polic poss protect
polish shine slick
pond reservoir
pooch purs
poor unfortun
popul room shack tenant tent
porch veranda verandah
pore steep
portabl typewrit
portwatch watchman
possess retent
possibl viabl workabl
postul premiz proposit
potenti prospect
potshot shoot
poultri turkei
poverti wish
pow prison
powder solid
practic pragmat
practition profession
practiz scrimmag
praiz superl
preach speech
preambl prefac
precari uneasi
precaut step
preced prepar preparatori
preciz veri
preclud queer thwart
precondit premiz prepar provis proviso
precook prepar
predispos suscept
prefer wish
prei victim
prejud subject
prejudic taboo
prelud serv
premier sing
premium superior
premiz thesi
premonit presag
premonitori prophet
prepar prime process
present respect time todai tonight
presid tenur
press push squash squeez urgenc
pressur railroad suction terror
prestig stand
presum presuppos
pretend unreal
prevent queer save therapeut thwart
previs vision
priceless valuabl
pride vaniti
priest primat vicar
prime readi
primit savag
privat privi seclud snobbish
privileg sweetheart
prize scholarship superior
probabl softwar
proce rambl
produc reason univers veget widespread
product prolif
profan swear
profession teacher
professor teacher
profit pyramid reach
profound thought
profund wisdom
progress tens
projectil slug
promin spotlight stand
promot spur support
promulg trumpet
propel reach throw
proper straitlac
propos recommend
proposit theorem
proprieti reserv
prosodi stress
prosper rich
protect watchman
protuber snag wart
proud supercili swagger swell vain
prove result test
proven sourc
provoc taunt
prowl walk
prurient sexi
psych subconsci unconsci
psycholog psychophysiolog
psychot schizophren
publish read reissu reprint semipubl unclasp unleash
puff smoke
pull tug
puls thump
pulsat thump
puncher vaquero
punctual time
punctur scarifi
puni weak
punish retali reveng scourg
pup puppi
puppyish young
purveyor supplier
push shove
pussi septic
puzzl stump
quaint strang
quak seaquak trembl
qualifi suffic
qualiti superior
quantit valu
quarrel quarrelsom squabbl
quasi similar
quaver vocal
queer strang
quell suppress
queri score wonder
quest seek
question suspect
quiet silenc
quilt thick
quirk strang
quirt whip
quiver trembl
quot reiter repeat restat
race scoot scud
raci spirit
radiat symmetr
rag teas worn
ragamuffin urchin
rage wrath
rai sunrai
railhead storehous
railroad subwai
rain sludg solid torrent
raiz rise rize upraiz
rambl stroll
rang sweep
rap reproach
rascal scoundrel villain
ratabl taxabl
ratifi valid
ration real reason think
rattler sidewind
rattlesnak sidewind
razor shave
rbi talli
reach succe wangl
reactiv sensit
read reread
readi set wait warn
realist verid virtual vivid
realiz savvi
realm sphere
reason tenabl
reassur still
rebel revolt
rebuff spurn
rebuk reproach
rebut repudi
recapitul summar
recit sai
reckon roughli
reclaim save
recollect retent
reconstruct specul theoriz
record recruit
rectangl squar
rectitud righteous
recurr repetit
red vermilion
redempt save
redirect send
redistribut spread
redoubl rise
redress repai
redund unnecessari
reecho resound reverber
reef ridg
reek smell wet
reenforc strengthen
reevalu tariff valuat
refin suav
reflect retrospect
refrain spare
refurbish renew
refus reprob repudi spurn wast
refut repudi
regard think
regardless unheed
regret remors sad unhappi
regular symmetri time
rehabilit restor
rehash reus
rehears scrimmag
reign rule
rein strap
reinforc strengthen
reinstat restor
reissu reproduc
reiter rephras summar translat
releg submit
relev softwar
reliabl reproduc
religi sacr
relinquish sacrific
reluct unwil
remaind remnant share
remembr retent
remnant residu rest
remors repent
remuner show
rend ruptur tear
render sing stucco
rendit sing
renew replac restor revamp
reorder tariff
repairman troubleshoot
repeat rephras summar translat
repertori repositori
rephras restat
replac secondari variat
repositori storehous
repres typic
repriev shelv tabl
reprimand reproach
reprint reproduc
repris retali reveng
reproach reproof
reprob wretch
reproduc simul
reptil vertebr
repudi retract
reput respect think
reseal seal
resembl roughli similitud
reserv withhold
reservoir suppli
reshap shape
residu share
resolut stout unfalt unshak unwav
respect rever singl vener
respit shelv tabl
respons sensit
rest share stand
restat summar translat
restiv tens
restrain shackl
result subsequ
resum summari uphold
resurrect reviv
resuspens suspens
retali vengeanc
retent storag
rethink think
retort sass
retrain train
retransl translat
retrovis vision
reveng vengeanc
rever saint
reverend sacr
revers revert switch transpos undo
reviv upraiz
reviz rewrit
revolt war
revolv spin swirl twiddl twirl wheel whirl
reward salut
rhythmic singsong swingi throb
ricketi unstabl
right starboard
ring sound
riot violenc
rip ruptur tear
rise rocket slope stormi
risk stake suspect treacher try vulner
rival vie
rive ruptur tear
river stream
rivet steep
rivulet stream
rize uplift zoom
road thoroughfar
roar success
robberi steal thiev
robust strength sturdi
rock totter
rocki rough
rogu scoundrel villain
role stead
romp triumph win
roof thatch
roost sit
rotat spin swirl turn twiddl twirl wheel whirl wind
rough scratchi textur tweedi
roughli underestim
rous stimul
rout send
row ship
rubbish rubbl wast
rubbl slack
ruck throng
rule standard thermostat throne
rumen stomach
rummag smother welter
runawai triumph win
rundown summari
ruptur shred
rural rustic
rush scamper scoot scud scurri
rustic yokel
rustl steal thiev
sacr spiritu
sad sorrow tragic
safeguard step
safeti secur
sag sink
sagaci wise
sage wise
sai salli same wisecrack
sailor seafar seaman
saint vener
salaci sexi
saliv slaver
sallow unhealthi
saloon speakeasi
salt season
salti stimul
salubri wholesom
salv therapeut
salvat save
same similar
sand smooth
sandpap smooth
sarcasm wit
sarcast sardon satir
satellit sputnik
satir wit
satisfi smug suffic
saturdai weekdai
scale standard touchston
scalp skin
scandal sicken
scare terrifi
scenario script
scent smell
schedul slot
school teach teacher
schoolgirlish young
scoff tantal taunt
scoot speed
scope sweep
score tariff valuat worn
scoreless unsuccess
scourg whip
scout watchman
scrambl struggl
scrap splinter
scratch wound
scream shrill squawk wail whoop
screenplai script
scrub veget
scrutini studi
scud speed
scuff scuffl shambl shuffl slipper
sculptur statu
seacoast shore
seal shut
season zest
seawe wrack
second support
secondari secondhand standbi supplement supplementari vicari
seem sound superfici
seer soothsay
segment straightawai subsect
seismic unstabl
semblanc verisimilitud
semiliter teacher
semipreci valuabl
send ship transmiss transmit
senior undergradu
sensat shock smell tast
sensibl tenabl
sentiment tender
sentinel watchman
sentri watchman
separ severalti
sequenc tariff
seriou sober solemn
sermon speech
serv suffic
servic useabl
session tutori
set surround
sever some
sewag wast
sexi voluptu
shabbi worn
shack shelter
shade shadow shadowi
shake thresh trembl tremor wiggl
shaki unstabl
shambl walk
shanti shelter
shape spatial
share slice stake subpart substanc
sharehold supplier
sharpen strop
shave whisker
shed woodsh
shell shrapnel
shelter stabl tent
shenanigan vandal
shepherd ward
shift variabl
shimmi vibrat wobbl
shine sparkl superior
ship truck yacht
shirk slack
shirtsleev sleev
shock startl surpriz
shod slipper
shoot sprout
short swindl
show sight valid wage
shred tear
shrewd smart
shriek yell
shrill yell
shuck worthless
shuffl walk
shut slam snuggl surround walk
sick stricken unhealthi
sickli unhealthi
sight spot spy
silenc suppress
sill windowsil
similar similitud
simultan synchron
sin transgress wick
sing spectacular theatric
sink washbasin washbowl
sit sprawl squat
site station
size small
skid slide
skill virtuoso
slab tablet tile
slam triumph win
slant standpoint viewpoint
slash wound
slate tablet
slaveri subjug
slavic ukrainian
sleeper sleepwalk
slick slipperi smooth
slide slipperi submarin
slime soil
slip slipperi
slope tilt upgrad vertic
slow sluggish
slum spend
small smallish teensi wee
smart sting thirst throb
smell sniff stink whiff
smile smirk
smooth textur velvet velveti
snivel tear weep
sob weep
sociabl social
sodden wet
soft soften spongi woolli
softwar technolog us usag
sojourn spend
solac still
soldier spend
sole undersid
solv understand
somersault tumbl
song trail
sonor timbr
sooth still
sorrow torment tortur unhappi wail weep woeful
soul spirit
sound superfici voic
sous wet
south southbound southeast southeastern southward southwest
sparkl verv vital
spasm twitch
spatial symmetri
spatter sprinkl
speak whisper
special specif
spend summer vacat weekend winter
spineless weak
spirit sprightli vibrant vivaci whip
sporad strai
spous wife
sprai sprinkl
sprain wrench
spread strew
squabbl wrangl
squall wail
squash telescop
squawk yell
squeez telescop
squelch suppress
stain tarnish vein
stair staircas stairwai
staircas step
stairwai step
stale wee
standard yardstick
stark uncondit
startl surpriz
station substat termin
steam vapor wet
sterl superior
stockad wall
storehous warehous
stormi windi
straddl view
strangul suffoc
strap strop
streamlin train
stress troubl underlin underscor
strike touch
strive try
stroke swipe
strong viril
struggl tilt troubl try
studi test
stuffi ventil
stun surpriz
style wise
subconsci unconsci
subject suscept
submarin subsurfac
subordin tariff
subsurfac underground undersea underwat
subtitl translat
subwai train
success thrive triumph win
suck uptak
summari summat unoffici
sunburnt unhealthi
sundial timepiec
super superior
superb superior
superior superl supervisor topnotch
supernatur talisman transcendent uncanni weird wizard
suprem ultim
surfac well
surplu unnecessari
suspens vapor
sustain uphold
swai totter
sweep wide
sweet syrupi tast
swerv turn
symbol typifi
symmetr trigon
tag trademark
take understood
talli treati
tariff tax upgrad
task ventur
tatter worn
tear wail
teen young
teenag young
temper vexat
tempor temporari
tepid warm
terrycloth towel
testifi vouch
thaw warm
thermodynam thermostat
thick thicken
thicket underbrush veget
think view
thoughtless unreflect unthink
threaten vulner
thursdai weekdai
tidbit treat
tight viselik
timbr vibranc
timepiec timer watch
tip tipto
tissu web
top treetop upper uppermost
touchston yardstick
tour travel visit
toxic virul
trade traffic transact
tragedi tsunami
transform weaken
transgress trespass wicked
travel voyag
treasur valuabl
tremor vibrat
triangl wedg
trivial unimport
troubl worri
trust trustworthi
truth verac
tuesdai weekdai
tuft wisp
typic verit
ugli unlov unpicturesqu
ulcer unhealthi
unaccept unsatisfactori
unavail unobtain unprocur useless
unawar unselfconsci
unconvent unorthodox
uncork unleash
uncov unveil
underestim valu
undertak ventur
unfit unsuit
ungodli wick
unhealthi wheez
unimpos unimpress
unlac unlash
unlash unti
unmeritori unworthi
unrest upheav
unshaven whisker
unstabl wobbl
unsuccess winless
upright vertic
upriz war
urn vase
us work
user wearer
valueless worthless
vari varieg
veget wood
veto vote
victim wrong
view weltanschauung
villain wick
vindic warrant
volunt will
voodoo witch
wag wiggl
waggl wiggl
wai wise
wail weep yell
wait waylai
waiter waitress
wake warn
wan weak
wash washup
wast wastewat worthless
watch wit
water wet
wateri wet
weaken wither
wear worsen
weather wind withstand
wednesdai weekdai
weep whimper
weight weightless
whim wish
whoop yell
wish yearn
woe wretched
workbench worktabl
worthi worthwhil
yearn yen
young youngish`;
export const OPPOSITE = `abil inabl
abl unabl
abnorm normal
abolish establish
abov below
absenc presenc
absent present
absolut rel
absorb emit
abstain consum
abstract concret
abund scarc scarciti
acceler deceler
accept refus reject unaccept
accident deliber
accompani unaccompani
accur inaccur
accuraci inaccuraci
acquaint stranger
acquit convict
act refrain
action inact
activ inact passiv
actual potenti
acut chronic
add subtract
adequ inadequ
adequaci inadequaci
adjust unadjust
admit deni exclud reject
adopt nativ
adult juvenil
advanc reced
advantag disadvantag
advis inadvis
aerob anaerob
affect unaffect
afraid unafraid
ag young
agit calm
agre disagre
agreement disagr
ahead back
aliv dead
all some
allow deni disallow
altern opposit
amateur profession
ambigu unambigu
amic hostil
ampl meager
analysi synthesi
analyt synthet
analyz synthes
ancestor descend
anglican nonconformist
angular round
anhydr hydrou
anim inanim
annual perenni
anod cathod
answer question
antagonist synergist
anteced subsequ
anterior posterior
anti pro
antisept septic
appear disappear
applaud boo
appreci depreci
appropri inappropri
approv disapprov
arm disarm unarm
armament disarma
arriv leav
artifici natur
ascend descend
asleep awak
assembl disassembl
assent dissent
asset liabil
asymmetr symmetr
asymmetri symmetri
atrophi hypertrophi
attach detach
attack defend
attend miss
attract repel repuls unattract
atyp typic
audibl inaud
aunt uncl
author unauthor
automat manual
avail unavail
avoid confront
awai home
awar unawar
awkward grace
back front
background foreground
backward forward
bad good
balanc imbal unbal
bare cover
basic incident
beauti ugli
begin end middl
believ disbeliev
bend straighten
best worst
better wors worsen
big littl small
birth death
black white
blacken whiten
bless curs
bloodi bloodless
blur focu
boi girl
boil freez
bold timid
bore interest
born unborn
borrow lend
bottom side top
bound free
boycott patron
brave cowardli timid
break repair
breakabl unbreak
breath breathless
bright dull
brighten darken
broadli narrowli
broken unbroken
brother sister
bui sell
busi idl
button unbutton
calm stormi
capabl incap
capit social
capitalist socialist
care careless
carefulli carelessli
central decentr peripher
cerebr emot
certain uncertain
certainti uncertainti
certifi decertifi uncertifi
chang stai unchang
charg uncharg
cheap expens
cheer complain
child parent
civilian militari
claim forfeit
clariti obscur
clasp unclasp
clean dirti
clear opaqu
clearhead confus
clergi laiti
clergyman layman
close distant open
coars fine
coher incoher
cold hot
collect distribut
comedi tragedi
comfort discomfort uncomfort
common individu uncommon
commun excommun
compact loos
compat incompat
compet incompet
competit cooper noncompetit
complet incomplet
complex simpl simplic
complic simplifi
compound simpl
comprom uncomprom
con pro
concav convex
conceit humil
concentr dilut distribut
concept misconcept
concern unconcern
condit uncondit
confid diffid
confin free
conform deviat
connect disconnect
consciou unconsci
conscious unconsci
conserv liber
consider inconsider
consist inconsist
conson vowel
consonant vocal
construct destruct misconstruct
content discont
continent intercontinent
continu discontinu sporad
contract expand expans
conveni inconveni
convent nuclear unconvent
converg diverg
convinc unconvinc
cool heat warm
cooper uncoop
cork uncork
correct falsifi incorrect
courag cowardic
courteou discourt
cover uncov
covertli overtli
credibl incred
critic praiz uncrit
crook straight
cry laugh
curli straight
curv straight
dai night
danger safe safeti
dark light
darken lighten
daughter son
dead live
deaden enliven
deaf hear
decent indec
declar interrog undeclar
declin improv
decreas increas
deep shallow
defeat victori
defend prosecut
defens offens prosecut
definit indefinit
deglycerol glycerol
delai rush
delic rug
demand suppli
demot promot
depend independ
deperson person
deposit withdraw
depress elat
depriv enrich
desir undesir
despair hope
destroi preserv
determin indetermin
develop undevelop
differ equal same
differenti undifferenti
difficult easi
difficulti eas
dilig neglig
direct indirect
directli indirectli
disabl enabl
discourag encourag
discrimin indiscrimin
disengag engag
dishonest honest
dishonor honor
disintegr integr
dislik like
dislodg lodg
disloyalti loyalti
disobedi obedi
disobei obei
disord order
disorderli orderli
disorgan organ
displeas pleas
disproportion proportion
disprov prove
disqualifi qualifi
disreput reput
dissatisfact satisfact
disservic servic
dissimilar similar
dissuad persuad
distal proxim
distinct indistinct
distinguish indistinguish
distrust trust
divest invest
divid multipli unit
docil stubborn
domest foreign
domin submiss subordin
downgrad upgrad
downstair upstair
downstream upstream
downtown uptown
downward upward
dramat lyric
dress undress
driver nondriv
dry wet
dryness wet
due undu
dull live sharpen
earli late middl
easi uneasi
east west
eastern western
ebb tide
effect ineffect
elig inelig
empir theoret
emploi unemploi
employ employe unemploy
empti fill full
end middl
enforc exempt
enjoi suffer
enter exit
enthusiast unenthusiast
equal inequ unequ
equival nonequival
eras record
even odd uneven
ever never
evil good
exclud includ
exclus inclus
exist nonexist
expect unexpect
experi inexperi
experienc inexperienc
explicit implicit
export import
express inexpress local
exterior interior
extinguish ignit
extraordinari ordinari
fail manag succe
failur success
fair unfair
faith unfaith
fall rise rize
fals true
falsiti truth
familiar strang unfamiliar
fanci plain
far near
fast slow
fasten unfasten
fat thin
father mother
favor unfavor
feed starv
femal male
feminin masculin neuter
few mani
fewer more
fidel infidel
figur liter
find lose
finit infinit
fire hire
first last
fit unfit
fix unfix
flexibl inflex
float sink
foe friend
fold unfold
folli wisdom
follow lead leader preced
foolish wise
forbid permit
forc forceless
foreign nativ
forget rememb
formal imit inform
former latter
fort piano
fortun unfortun
found lost
fraction whole
frail robust
free obstruct
frequent infrequ
fresh preserv stale
friendli hostil
frivol seriou
front rear
frozen unfrozen
function nonfunct organ
futur past present
gaseou liquid solid
gather spread
gener particular specif specifi
generalist specialist
give take
glad sad
gloriou inglori
gradual steep sudden
grate ungrat
gratitud ingratitud
greater lesser
green ripe
gross net
guilt innoc
guilti innoc
hairi hairless
happi sad unhappi
happili sadli
hard soft
harden soften
hate love
have lack miss
head headless rear
healthi unhealthi
heavi light
heavili lightli
here there
hesitantli unhesitatingli
heterogen homogen
heterozyg homozyg
hide show
high low
hit miss
hitch unhitch
hollow solid
hope hopeless
hopefulli hopelessli
horizont inclin vertic
hospit inhospit
host parasit
human inhuman
humbl proud
humil pride
hungri thirsti
hurri unhurri
hurriedli unhurriedli
husband wife
hydrophil hydrophob
idl run work
ignor know notic
ill well
illeg legal
illegitim legitim
illegitimaci legitimaci
illiter liter
immateri materi
immatur matur
immedi mediat
immobl mobil
immor moral
immort mortal
impair unimpair
imparti partial
impati patienc patient
imperfect perfect
imperfectli perfectli
imperson person
import unimport
imposs possibl
impot potent
impract practic
imprec preciz
impress unimpress
improb probabl
improperli properli
improprieti proprieti
improv unimprov
impur puriti
inclin vertic
incom outgo
indoor outdoor
induc spontan
inferior superior
infield outfield
inflow outflow
initi uniniti
injustic justic
inner outer
inorgan organ
insan sane saniti
insensit sensit
insid outsid
insignific signific
insignificantli significantli
insolubl solubl
instabl stabil
instrument vocal
insubstanti substanti
insuffici suffici
intang tangibl
integr segreg
intellig stupid unintellig
intend unintend
intens mild
intention unintention
interdepartment intradepartment
interfer noninterfer
intermedi termin
intern nation
invalid valid
invari variabl
invis visibl
involuntari voluntari
involv uninvolv
invulner vulner
inward outward
inwardli outwardli
ionic nonion
irrat ration
irration ration
irregular regular
irregularli regularli
irrelev relev
irresolut resolut
irrespons respons
irrever rever
irrevers revers
irrit sooth
issu recal
joi sorrow
joint separ
junior senior
just unjust
keep lose
kind unkind
king queen
known unknown
larg small
lash unlash
late middl
least most
left right
lengthen shorten
less more
let prevent
level rais
lie sit stand
like unlik
limit unlimit
line unlin
linear planar
linger rush
linguist nonlinguist
liquid solid
littl much
live record
load unload
local nation
lock unlock
long short
loos tight
loosen stiffen
lose profit win
loser winner
lost save
loud soft
loudli softli
lower rais raiz
lowland upland
lucki unlucki
luckili unluckili
major minor
man woman
marri unmarri
masculin neuter
mask unmask
maxim minim
maximum minimum
meaning meaningless
mental physic
merci merciless
metal nonmetal
mistrust trust
misus us
move stai
multilater unilater
multipl singl
multipli singli
nadir zenith
naiv sophist
narrow wide widen
nasti nice
natur supernatur unnatur
necessari unnecessari
necessarili unnecessarili
neg neutral posit
nephew niec
neutral posit
new old worn
noisi quiet
noisili quietli
nonparticul particul
nonpolit polit
nonresid resid
nonspecif specif
nonvolatil volatil
north south
northern southern
object subject
obliqu parallel
obscur promin
occupi unoccupi
offici unoffici
offshor onshor
often rare
old young
oleophil oleophob
open shut
oppos unoppos
optim pessim
optimist pessimist
orthodox unorthodox
other same
out safe
overachiev underachiev
overestim underestim
overhead subsurfac surfac
pack unpack
paid unpaid
pain painless pleasur
partli wholli
past present
patriot unpatriot
pave unpav
peac war
perman temporarili
pleasant unpleas
pleasantli unpleasantli
poor rich
popular unpopular
poros solid
postwar prewar
poverti wealth
power powerless
preced succe succeed
precoci retard
predict unpredict
prefix suffix
prepar unprepar
primari secondari
primarili secondarili
privat public publicli
privileg underprivileg
profan sacr
profound superfici
profund superfici
prospect retrospect
proxim ultim
publish unpublish
pull push
purg rehabilit
qualifi unqualifi
qualit quantit
quickli slowli
readi unreadi
real unreal
realist unrealist
realiti unreal
reassur worri
reconstruct unreconstruct
relat unrel
relax tens
reliabl unreli
resist surrend
restrict unrestrict
ride walk
right wrong wrongli
rough smooth
roughen smooth
round squar
run stand
rural urban
satisfactori unsatisfactori
satur unsatur
scientif unscientif
scrambl unscrambl
seat stand
sedat stimul
selfish unselfish
separ union
settl unsettl
sharpen soften
shaven unshaven
short tall
shout whisper
side top
sign unsign
silenc sound
sit stand
sleep wake
smart stupid
smilingli unsmilingli
solv unsolv
sour sweet
spoken written
stabl unstabl
stain unstain
start stop
steadili unsteadili
stifl stimul
strength weak
strengthen weaken
stress unstress
strong weak
strongli weakli
structur unstructur
subsurfac surfac
success unsuccess
succumb surviv
suitabl unsuit
sympathet unsympathet
tame wild
tender tough
themat unthemat
thick thin
thicken thin
thickli thinli
thought thoughtless
thrifti wast
tie unti
unusu usual
unveil veil
unwelcom welcom
unwil will
unwilling willing
unwind wind
unwir wire
unwittingli wittingli
unworthi worthi
unwritten written
us useless
valuabl worthless
vernal wintri
wane wax
worth worthless`;

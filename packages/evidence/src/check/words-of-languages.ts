/** The commonest small words of languages in Latin letters, by which these are told apart. */
export const FUNCTION_WORDS: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    en: "the of and to in is that for it was on are with as be by this have from at not but which or an were has their",
    de: "der die das und in zu den ist von mit sich des auf für nicht ein eine dem als auch es an werden aus er wird bei einer wurde im am sind",
    fr: "le la les de des du et en un une est que dans qui pour pas au sur par plus ne se ce il sont avec aux été ont d l",
    es: "el la los las de del y en un una que es por con no se para su al lo como más fue son ha sus este",
    it: "il la le lo gli di del della dei e che in un una è per con non si da al sono nel più alla come ha",
    pt: "o a os as de do da dos das e em um uma que é por com não se para no na mais foi são ao como",
    nl: "de het een van en in is dat op te zijn met voor niet aan er om ook als door bij uit werd naar worden",
    sv: "och att det som en på är av för med den till inte om ett har de i var från vid ej sig",
    da: "og at det som en på er af for med den til ikke om et har de i var fra ved sig der",
    nb: "og at det som en på er av for med den til ikke om et har de i var fra ved seg",
    fi: "ja on ei se että oli ovat mutta myös kuin joka hän ne mukaan sekä tai kun",
    pl: "i w na z się nie do to że jest o od przez za po jak ale dla oraz był są",
    cs: "a se v na je že s z do o to i k ve pro jsou za by ale jako bylo",
    hu: "a az és hogy nem is egy ez van volt meg de csak mint vagy el már",
    ro: "și în de la a cu pe nu este un o din care pentru se mai sau fost sunt",
    tr: "ve bir bu için ile da de olarak olan çok daha en gibi kadar ise olduğu",
    id: "yang dan di dengan untuk pada dari ini dalam tidak adalah itu akan oleh ke sebagai",
    vi: "và của là các có được cho trong không một với những người này đã",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

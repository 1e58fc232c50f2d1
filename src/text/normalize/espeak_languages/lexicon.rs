//! Words for units, money, months, signs and abbreviations in each language.

use super::grammar::Gender::{self, Feminine, Masculine};
use crate::text::Language;

/// A noun that is counted.
#[derive(Debug)]
pub(super) struct Noun {
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    pub(super) gender: Gender,
}

const fn m(one: &'static str, many: &'static str) -> Noun {
    Noun { one, many, gender: Masculine }
}

const fn f(one: &'static str, many: &'static str) -> Noun {
    Noun { one, many, gender: Feminine }
}

/// What normalisation knows of a language.
#[derive(Debug)]
pub(super) struct Lexicon {
    pub(super) units: &'static [(&'static [&'static str], Noun)],
    /// What stands behind a slash, with its preposition.
    pub(super) per: &'static [(&'static [&'static str], &'static str)],
    pub(super) degree: Noun,
    pub(super) celsius: Noun,
    pub(super) fahrenheit: Noun,
    pub(super) squared: &'static str,
    pub(super) cubed: &'static str,
    /// Signs and codes, the currency, its hundredth. Longer ones that begin like shorter ones stand first.
    pub(super) money: &'static [(&'static str, Noun, Option<Noun>)],
    pub(super) months: [&'static str; 12],
    /// Between day and month, and between month and year.
    pub(super) of_month: &'static str,
    pub(super) of: &'static str,
    /// Between the ends of a range.
    pub(super) to: &'static str,
    pub(super) signs: &'static [(char, &'static str)],
    pub(super) abbreviations: &'static [(&'static str, &'static str)],
}

pub(super) fn of(language: Language) -> Option<&'static Lexicon> {
    match language {
        Language::Spanish => Some(&SPANISH),
        Language::French => Some(&FRENCH),
        Language::Italian => Some(&ITALIAN),
        Language::BrazilianPortuguese => Some(&PORTUGUESE),
        Language::Hindi => Some(&HINDI),
        _ => None,
    }
}

#[rustfmt::skip]
static SPANISH: Lexicon = Lexicon {
    units: &[
        (&["km"], m("kilómetro", "kilómetros")), (&["m"], m("metro", "metros")), (&["cm"], m("centímetro", "centímetros")),
        (&["mm"], m("milímetro", "milímetros")), (&["kg"], m("kilogramo", "kilogramos")), (&["g", "gr"], m("gramo", "gramos")),
        (&["mg"], m("miligramo", "miligramos")), (&["t"], f("tonelada", "toneladas")), (&["l", "L"], m("litro", "litros")),
        (&["ml", "mL"], m("mililitro", "mililitros")), (&["cl"], m("centilitro", "centilitros")), (&["ha"], f("hectárea", "hectáreas")),
        (&["hrs", "hs"], f("hora", "horas")), (&["min"], m("minuto", "minutos")), (&["s", "seg"], m("segundo", "segundos")),
        (&["ms"], m("milisegundo", "milisegundos")), (&["kW"], m("kilovatio", "kilovatios")), (&["kWh"], m("kilovatio hora", "kilovatios hora")),
        (&["W"], m("vatio", "vatios")), (&["V"], m("voltio", "voltios")), (&["Hz"], m("hercio", "hercios")),
        (&["kHz"], m("kilohercio", "kilohercios")), (&["MHz"], m("megahercio", "megahercios")), (&["GHz"], m("gigahercio", "gigahercios")),
        (&["KB", "kB"], m("kilobyte", "kilobytes")), (&["MB"], m("megabyte", "megabytes")), (&["GB"], m("gigabyte", "gigabytes")),
        (&["TB"], m("terabyte", "terabytes")), (&["dB"], m("decibelio", "decibelios")), (&["kcal"], f("kilocaloría", "kilocalorías")),
    ],
    per: &[
        (&["h"], "por hora"), (&["s"], "por segundo"), (&["min"], "por minuto"), (&["kg"], "por kilogramo"), (&["l", "L"], "por litro"),
        (&["m"], "por metro"), (&["día"], "por día"), (&["mes"], "por mes"), (&["año"], "por año"),
    ],
    degree: m("grado", "grados"), celsius: m("grado Celsius", "grados Celsius"), fahrenheit: m("grado Fahrenheit", "grados Fahrenheit"),
    squared: "cuadrados", cubed: "cúbicos",
    money: &[
        ("US$", m("dólar estadounidense", "dólares estadounidenses"), Some(m("centavo", "centavos"))),
        ("$", m("dólar", "dólares"), Some(m("centavo", "centavos"))), ("€", m("euro", "euros"), Some(m("céntimo", "céntimos"))),
        ("£", f("libra", "libras"), Some(m("penique", "peniques"))), ("¥", m("yen", "yenes"), None), ("EUR", m("euro", "euros"), Some(m("céntimo", "céntimos"))),
        ("USD", m("dólar", "dólares"), Some(m("centavo", "centavos"))), ("MXN", m("peso mexicano", "pesos mexicanos"), Some(m("centavo", "centavos"))),
    ],
    months: ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
    of_month: " de ", of: " de ", to: "a",
    signs: &[('%', "por ciento"), ('&', "y"), ('+', "más"), ('=', "igual a"), ('×', "por"), ('÷', "entre"), ('±', "más menos")],
    abbreviations: &[
        ("Sr.", "señor"), ("Sra.", "señora"), ("Srta.", "señorita"), ("Sres.", "señores"), ("Dr.", "doctor"), ("Dra.", "doctora"),
        ("D.", "don"), ("Dña.", "doña"), ("Ud.", "usted"), ("Uds.", "ustedes"), ("Vd.", "usted"), ("etc.", "etcétera"),
        ("p. ej.", "por ejemplo "), ("p.ej.", "por ejemplo "), ("EE. UU.", "Estados Unidos"), ("EE.UU.", "Estados Unidos"),
        ("pág.", "página "), ("págs.", "páginas "), ("núm.", "número "), ("n.º", "número "), ("Avda.", "avenida"), ("aprox.", "aproximadamente "),
        ("a. C.", "antes de Cristo"), ("d. C.", "después de Cristo"), ("a.C.", "antes de Cristo"), ("d.C.", "después de Cristo"),
    ],
};

#[rustfmt::skip]
static FRENCH: Lexicon = Lexicon {
    units: &[
        (&["km"], m("kilomètre", "kilomètres")), (&["m"], m("mètre", "mètres")), (&["cm"], m("centimètre", "centimètres")),
        (&["mm"], m("millimètre", "millimètres")), (&["kg"], m("kilogramme", "kilogrammes")), (&["g"], m("gramme", "grammes")),
        (&["mg"], m("milligramme", "milligrammes")), (&["t"], f("tonne", "tonnes")), (&["l", "L"], m("litre", "litres")),
        (&["ml", "mL"], m("millilitre", "millilitres")), (&["cl"], m("centilitre", "centilitres")), (&["ha"], m("hectare", "hectares")),
        (&["min", "mn"], f("minute", "minutes")), (&["s", "sec"], f("seconde", "secondes")), (&["ms"], f("milliseconde", "millisecondes")),
        (&["kW"], m("kilowatt", "kilowatts")), (&["kWh"], m("kilowattheure", "kilowattheures")), (&["W"], m("watt", "watts")),
        (&["V"], m("volt", "volts")), (&["Hz"], m("hertz", "hertz")), (&["kHz"], m("kilohertz", "kilohertz")), (&["MHz"], m("mégahertz", "mégahertz")),
        (&["GHz"], m("gigahertz", "gigahertz")), (&["ko", "Ko"], m("kilooctet", "kilooctets")), (&["Mo"], m("mégaoctet", "mégaoctets")),
        (&["Go"], m("gigaoctet", "gigaoctets")), (&["To"], m("téraoctet", "téraoctets")), (&["dB"], m("décibel", "décibels")),
        (&["kcal"], f("kilocalorie", "kilocalories")),
    ],
    per: &[
        (&["h"], "par heure"), (&["s"], "par seconde"), (&["min"], "par minute"), (&["kg"], "par kilogramme"), (&["l", "L"], "par litre"),
        (&["m"], "par mètre"), (&["jour", "j"], "par jour"), (&["mois"], "par mois"), (&["an"], "par an"),
    ],
    degree: m("degré", "degrés"), celsius: m("degré Celsius", "degrés Celsius"), fahrenheit: m("degré Fahrenheit", "degrés Fahrenheit"),
    squared: "carrés", cubed: "cubes",
    money: &[
        ("US$", m("dollar américain", "dollars américains"), Some(m("cent", "cents"))), ("$", m("dollar", "dollars"), Some(m("cent", "cents"))),
        ("€", m("euro", "euros"), Some(m("centime", "centimes"))), ("£", f("livre", "livres"), Some(m("penny", "pence"))),
        ("¥", m("yen", "yens"), None), ("EUR", m("euro", "euros"), Some(m("centime", "centimes"))), ("USD", m("dollar", "dollars"), Some(m("cent", "cents"))),
        ("CHF", m("franc suisse", "francs suisses"), Some(m("centime", "centimes"))),
    ],
    months: ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    of_month: " ", of: " ", to: "à",
    signs: &[('%', "pour cent"), ('&', "et"), ('+', "plus"), ('=', "égale"), ('×', "fois"), ('÷', "divisé par"), ('±', "plus ou moins")],
    abbreviations: &[
        ("M.", "monsieur "), ("Mme", "madame"), ("Mmes", "mesdames"), ("Mlle", "mademoiselle"), ("MM.", "messieurs "), ("Dr", "docteur"), ("Me", "maître"),
        ("etc.", "et cetera"), ("p. ex.", "par exemple "), ("c.-à-d.", "c'est-à-dire "), ("env.", "environ "), ("av.", "avenue "), ("bd", "boulevard"),
        ("n°", "numéro"), ("N°", "numéro"), ("St", "saint"), ("Ste", "sainte"), ("av. J.-C.", "avant Jésus-Christ"), ("apr. J.-C.", "après Jésus-Christ"),
    ],
};

#[rustfmt::skip]
static ITALIAN: Lexicon = Lexicon {
    units: &[
        (&["km"], m("chilometro", "chilometri")), (&["m"], m("metro", "metri")), (&["cm"], m("centimetro", "centimetri")),
        (&["mm"], m("millimetro", "millimetri")), (&["kg"], m("chilogrammo", "chilogrammi")), (&["g", "gr"], m("grammo", "grammi")),
        (&["mg"], m("milligrammo", "milligrammi")), (&["t"], f("tonnellata", "tonnellate")), (&["l", "L"], m("litro", "litri")),
        (&["ml", "mL"], m("millilitro", "millilitri")), (&["cl"], m("centilitro", "centilitri")), (&["ha"], m("ettaro", "ettari")),
        (&["min"], m("minuto", "minuti")), (&["s", "sec"], m("secondo", "secondi")), (&["ms"], m("millisecondo", "millisecondi")),
        (&["kW"], m("chilowatt", "chilowatt")), (&["kWh"], m("chilowattora", "chilowattora")), (&["W"], m("watt", "watt")),
        (&["V"], m("volt", "volt")), (&["Hz"], m("hertz", "hertz")), (&["kHz"], m("chilohertz", "chilohertz")), (&["MHz"], m("megahertz", "megahertz")),
        (&["GHz"], m("gigahertz", "gigahertz")), (&["KB", "kB"], m("kilobyte", "kilobyte")), (&["MB"], m("megabyte", "megabyte")),
        (&["GB"], m("gigabyte", "gigabyte")), (&["TB"], m("terabyte", "terabyte")), (&["dB"], m("decibel", "decibel")),
        (&["kcal"], f("chilocaloria", "chilocalorie")),
    ],
    per: &[
        (&["h"], "all'ora"), (&["s"], "al secondo"), (&["min"], "al minuto"), (&["kg"], "al chilogrammo"), (&["l", "L"], "al litro"),
        (&["m"], "al metro"), (&["giorno"], "al giorno"), (&["mese"], "al mese"), (&["anno"], "all'anno"),
    ],
    degree: m("grado", "gradi"), celsius: m("grado Celsius", "gradi Celsius"), fahrenheit: m("grado Fahrenheit", "gradi Fahrenheit"),
    squared: "quadrati", cubed: "cubi",
    money: &[
        ("US$", m("dollaro americano", "dollari americani"), Some(m("centesimo", "centesimi"))), ("$", m("dollaro", "dollari"), Some(m("centesimo", "centesimi"))),
        ("€", m("euro", "euro"), Some(m("centesimo", "centesimi"))), ("£", f("sterlina", "sterline"), Some(m("penny", "pence"))),
        ("¥", m("yen", "yen"), None), ("EUR", m("euro", "euro"), Some(m("centesimo", "centesimi"))), ("USD", m("dollaro", "dollari"), Some(m("centesimo", "centesimi"))),
        ("CHF", m("franco svizzero", "franchi svizzeri"), Some(m("centesimo", "centesimi"))),
    ],
    months: ["gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"],
    of_month: " ", of: " ", to: "a",
    signs: &[('%', "per cento"), ('&', "e"), ('+', "più"), ('=', "uguale a"), ('×', "per"), ('÷', "diviso"), ('±', "più o meno")],
    abbreviations: &[
        ("Sig.", "signor"), ("Sig.ra", "signora"), ("Sig.na", "signorina"), ("Sigg.", "signori"), ("Dott.", "dottor"), ("Dott.ssa", "dottoressa"),
        ("Dr.", "dottor"), ("Prof.", "professor"), ("Prof.ssa", "professoressa"), ("Avv.", "avvocato"), ("Ing.", "ingegner"), ("ecc.", "eccetera"),
        ("es.", "esempio "), ("p.es.", "per esempio "), ("p. es.", "per esempio "), ("pag.", "pagina "), ("pagg.", "pagine "), ("n.", "numero "), ("tel.", "telefono "), ("a.C.", "avanti Cristo"), ("d.C.", "dopo Cristo"),
    ],
};

#[rustfmt::skip]
static PORTUGUESE: Lexicon = Lexicon {
    units: &[
        (&["km"], m("quilômetro", "quilômetros")), (&["m"], m("metro", "metros")), (&["cm"], m("centímetro", "centímetros")),
        (&["mm"], m("milímetro", "milímetros")), (&["kg"], m("quilograma", "quilogramas")), (&["g"], m("grama", "gramas")),
        (&["mg"], m("miligrama", "miligramas")), (&["t"], f("tonelada", "toneladas")), (&["l", "L"], m("litro", "litros")),
        (&["ml", "mL"], m("mililitro", "mililitros")), (&["ha"], m("hectare", "hectares")), (&["hs", "hrs"], f("hora", "horas")),
        (&["min"], m("minuto", "minutos")), (&["s", "seg"], m("segundo", "segundos")), (&["ms"], m("milissegundo", "milissegundos")),
        (&["kW"], m("quilowatt", "quilowatts")), (&["kWh"], m("quilowatt-hora", "quilowatts-hora")), (&["W"], m("watt", "watts")),
        (&["V"], m("volt", "volts")), (&["Hz"], m("hertz", "hertz")), (&["kHz"], m("quilohertz", "quilohertz")), (&["MHz"], m("megahertz", "megahertz")),
        (&["GHz"], m("gigahertz", "gigahertz")), (&["KB", "kB"], m("kilobyte", "kilobytes")), (&["MB"], m("megabyte", "megabytes")),
        (&["GB"], m("gigabyte", "gigabytes")), (&["TB"], m("terabyte", "terabytes")), (&["dB"], m("decibel", "decibéis")),
        (&["kcal"], f("quilocaloria", "quilocalorias")),
    ],
    per: &[
        (&["h"], "por hora"), (&["s"], "por segundo"), (&["min"], "por minuto"), (&["kg"], "por quilograma"), (&["l", "L"], "por litro"),
        (&["m"], "por metro"), (&["dia"], "por dia"), (&["mês"], "por mês"), (&["ano"], "por ano"),
    ],
    degree: m("grau", "graus"), celsius: m("grau Celsius", "graus Celsius"), fahrenheit: m("grau Fahrenheit", "graus Fahrenheit"),
    squared: "quadrados", cubed: "cúbicos",
    money: &[
        ("R$", m("real", "reais"), Some(m("centavo", "centavos"))), ("US$", m("dólar", "dólares"), Some(m("centavo", "centavos"))),
        ("$", m("dólar", "dólares"), Some(m("centavo", "centavos"))), ("€", m("euro", "euros"), Some(m("centavo", "centavos"))),
        ("£", f("libra", "libras"), Some(m("centavo", "centavos"))), ("¥", m("iene", "ienes"), None), ("BRL", m("real", "reais"), Some(m("centavo", "centavos"))),
        ("USD", m("dólar", "dólares"), Some(m("centavo", "centavos"))), ("EUR", m("euro", "euros"), Some(m("centavo", "centavos"))),
    ],
    months: ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
    of_month: " de ", of: " de ", to: "a",
    signs: &[('%', "por cento"), ('&', "e"), ('+', "mais"), ('=', "igual a"), ('×', "vezes"), ('÷', "dividido por"), ('±', "mais ou menos")],
    abbreviations: &[
        ("Sr.", "senhor"), ("Sra.", "senhora"), ("Srta.", "senhorita"), ("Srs.", "senhores"), ("Dr.", "doutor"), ("Dra.", "doutora"),
        ("Prof.", "professor"), ("Profa.", "professora"), ("Av.", "avenida"), ("R.", "rua "), ("etc.", "etcétera"), ("p. ex.", "por exemplo "), ("pág.", "página "),
        ("nº", "número"), ("n.º", "número"), ("tel.", "telefone "), ("aprox.", "aproximadamente "), ("a.C.", "antes de Cristo"), ("d.C.", "depois de Cristo"),
    ],
};

#[rustfmt::skip]
static HINDI: Lexicon = Lexicon {
    units: &[
        (&["km", "किमी"], m("किलोमीटर", "किलोमीटर")), (&["m", "मी"], m("मीटर", "मीटर")), (&["cm", "सेमी"], m("सेंटीमीटर", "सेंटीमीटर")),
        (&["mm", "मिमी"], m("मिलीमीटर", "मिलीमीटर")), (&["kg", "किग्रा"], m("किलोग्राम", "किलोग्राम")), (&["g"], m("ग्राम", "ग्राम")),
        (&["mg"], m("मिलीग्राम", "मिलीग्राम")), (&["l", "L"], m("लीटर", "लीटर")), (&["ml", "mL"], m("मिलीलीटर", "मिलीलीटर")),
        (&["min"], m("मिनट", "मिनट")), (&["s", "sec"], m("सेकंड", "सेकंड")), (&["hr", "hrs"], m("घंटा", "घंटे")), (&["W"], m("वाट", "वाट")), (&["V"], m("वोल्ट", "वोल्ट")),
        (&["Hz"], m("हर्ट्ज़", "हर्ट्ज़")), (&["MHz"], m("मेगाहर्ट्ज़", "मेगाहर्ट्ज़")), (&["GHz"], m("गीगाहर्ट्ज़", "गीगाहर्ट्ज़")), (&["MB"], m("मेगाबाइट", "मेगाबाइट")), (&["GB"], m("गीगाबाइट", "गीगाबाइट")),
        (&["TB"], m("टेराबाइट", "टेराबाइट")),
    ],
    per: &[(&["h", "hr"], "प्रति घंटा"), (&["s"], "प्रति सेकंड"), (&["min"], "प्रति मिनट"), (&["kg"], "प्रति किलोग्राम"), (&["l", "L"], "प्रति लीटर")],
    degree: m("डिग्री", "डिग्री"), celsius: m("डिग्री सेल्सियस", "डिग्री सेल्सियस"), fahrenheit: m("डिग्री फ़ारेनहाइट", "डिग्री फ़ारेनहाइट"),
    squared: "वर्ग", cubed: "घन",
    money: &[
        ("₹", m("रुपया", "रुपये"), Some(m("पैसा", "पैसे"))), ("$", m("डॉलर", "डॉलर"), Some(m("सेंट", "सेंट"))), ("€", m("यूरो", "यूरो"), Some(m("सेंट", "सेंट"))),
        ("£", m("पाउंड", "पाउंड"), Some(m("पेंस", "पेंस"))),
    ],
    months: ["जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"],
    of_month: " ", of: " ", to: "से",
    signs: &[('%', "प्रतिशत"), ('&', "और"), ('+', "जमा"), ('=', "बराबर"), ('×', "गुणा")],
    abbreviations: &[("डॉ.", "डॉक्टर"), ("प्रो.", "प्रोफ़ेसर"), ("कि.मी.", "किलोमीटर "), ("रु.", "रुपये ")],
};

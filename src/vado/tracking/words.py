"""What a recipient reads, by language. Sentences made here; no words of anybody else's.

Keys are the states of a track, the causes of a delay and the kinds of hazards. English is the fallback for a
language or a kind that is not here; a test keeps all languages complete.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]

LANGUAGES = ("en", "es", "ca", "pt")

SENTENCES: Mapping[str, Words] = {
    "en": {
        "received": "We have your delivery and are planning its route.",
        "planned": "Your delivery is planned between {from} and {until}.",
        "on_the_way": "Your delivery is on its way and should arrive between {from} and {until}.",
        "arriving": "You are the next stop: expected between {from} and {until}.",
        "delivered": "Delivered at {at}.",
        "held": "Your delivery is waiting and is not on its way.",
        "cancelled": "This delivery has been cancelled by the sender.",
        "cut": "The road to {place} ({road}) is closed from {from} because of {hazard}.",
        "cut_until": "The road to {place} ({road}) is closed from {from} until {until} because of {hazard}.",
        "cut_bare": "The road to {place} is closed because of {hazard}.",
        "back": "The road back from {place} ({road}) closes at {from} because of {hazard}.",
        "no_road": "We know of no road that our vehicles can take to {place}.",
        "time": "No vehicle can be there at the agreed time.",
        "room": "All vehicles are full or busy.",
        "fit": "No suitable vehicle is available at the moment.",
        "partner": "The other stop of this shipment cannot be reached at the moment.",
        "safety": "The route is being checked for safety.",
        "you": "you",
        "history_delivered": "Delivered",
        "history_picked_up": "Picked up",
        "history_arrived": "The vehicle arrived",
    },
    "es": {
        "received": "Tenemos su envío y estamos planificando su ruta.",
        "planned": "Su entrega está prevista entre las {from} y las {until}.",
        "on_the_way": "Su entrega está en camino y debería llegar entre las {from} y las {until}.",
        "arriving": "Usted es la próxima parada: llegada prevista entre las {from} y las {until}.",
        "delivered": "Entregado a las {at}.",
        "held": "Su entrega está en espera y no ha salido.",
        "cancelled": "El remitente ha cancelado esta entrega.",
        "cut": "La carretera hacia {place} ({road}) está cortada desde las {from} por {hazard}.",
        "cut_until": "La carretera hacia {place} ({road}) está cortada de {from} a {until} por {hazard}.",
        "cut_bare": "La carretera hacia {place} está cortada por {hazard}.",
        "back": "La carretera de vuelta desde {place} ({road}) se corta a las {from} por {hazard}.",
        "no_road": "No conocemos ninguna carretera por la que nuestros vehículos lleguen a {place}.",
        "time": "Ningún vehículo puede llegar a la hora acordada.",
        "room": "Todos los vehículos están llenos u ocupados.",
        "fit": "Ahora mismo no hay ningún vehículo adecuado.",
        "partner": "La otra parada de este envío no es accesible por ahora.",
        "safety": "Se está comprobando la seguridad de la ruta.",
        "you": "su dirección",
        "history_delivered": "Entregado",
        "history_picked_up": "Recogido",
        "history_arrived": "El vehículo ha llegado",
    },
    "ca": {
        "received": "Tenim el vostre enviament i n'estem planificant la ruta.",
        "planned": "El lliurament està previst entre les {from} i les {until}.",
        "on_the_way": "El lliurament és de camí i hauria d'arribar entre les {from} i les {until}.",
        "arriving": "Sou la propera parada: arribada prevista entre les {from} i les {until}.",
        "delivered": "Lliurat a les {at}.",
        "held": "El lliurament està en espera i no ha sortit.",
        "cancelled": "El remitent ha cancel·lat aquest lliurament.",
        "cut": "La carretera cap a {place} ({road}) està tallada des de les {from} per {hazard}.",
        "cut_until": "La carretera cap a {place} ({road}) està tallada de {from} a {until} per {hazard}.",
        "cut_bare": "La carretera cap a {place} està tallada per {hazard}.",
        "back": "La carretera de tornada des de {place} ({road}) es talla a les {from} per {hazard}.",
        "no_road": "No coneixem cap carretera per on els nostres vehicles arribin a {place}.",
        "time": "Cap vehicle pot arribar a l'hora acordada.",
        "room": "Tots els vehicles són plens o ocupats.",
        "fit": "Ara mateix no hi ha cap vehicle adequat.",
        "partner": "L'altra parada d'aquest enviament no és accessible ara com ara.",
        "safety": "S'està comprovant la seguretat de la ruta.",
        "you": "la vostra adreça",
        "history_delivered": "Lliurat",
        "history_picked_up": "Recollit",
        "history_arrived": "El vehicle ha arribat",
    },
    "pt": {
        "received": "Temos a sua encomenda e estamos a planear o percurso.",
        "planned": "A sua entrega está prevista entre as {from} e as {until}.",
        "on_the_way": "A sua entrega está a caminho e deve chegar entre as {from} e as {until}.",
        "arriving": "É a próxima paragem: chegada prevista entre as {from} e as {until}.",
        "delivered": "Entregue às {at}.",
        "held": "A sua entrega está em espera e não saiu.",
        "cancelled": "O remetente cancelou esta entrega.",
        "cut": "A estrada para {place} ({road}) está cortada desde as {from} devido a {hazard}.",
        "cut_until": "A estrada para {place} ({road}) está cortada das {from} às {until} devido a {hazard}.",
        "cut_bare": "A estrada para {place} está cortada devido a {hazard}.",
        "back": "A estrada de regresso de {place} ({road}) fecha às {from} devido a {hazard}.",
        "no_road": "Não conhecemos nenhuma estrada por onde os nossos veículos cheguem a {place}.",
        "time": "Nenhum veículo consegue chegar à hora combinada.",
        "room": "Todos os veículos estão cheios ou ocupados.",
        "fit": "De momento não há nenhum veículo adequado.",
        "partner": "A outra paragem deste envio não está acessível de momento.",
        "safety": "A segurança do percurso está a ser verificada.",
        "you": "a sua morada",
        "history_delivered": "Entregue",
        "history_picked_up": "Recolhido",
        "history_arrived": "O veículo chegou",
    },
}  # fmt: skip

# By the kinds of data/kinds.toml; "" stands for `other`, `unknown` and whatever is not here.
HAZARDS: Mapping[str, Words] = {
    "en": {
        "flood": "a flood warning", "flash-flood": "a flash flood warning",
        "coastal": "a coastal flood warning", "snow": "snow", "ice": "ice", "cold": "extreme cold",
        "heat": "extreme heat", "fog": "fog", "wind": "strong wind", "rain": "heavy rain",
        "thunderstorm": "a thunderstorm",
        "tornado": "a tornado", "cyclone": "a cyclone", "dust": "a dust storm", "marine": "rough seas",
        "avalanche": "avalanche danger", "landslide": "a landslide", "wildfire": "a wildfire",
        "fire-weather": "fire danger",
        "earthquake": "an earthquake", "tsunami": "a tsunami warning", "volcano": "volcanic activity",
        "air-quality": "bad air", "hazmat": "dangerous substances", "civil": "an emergency",
        "closure": "a road closure", "roadworks": "roadworks", "": "an official warning",
    },
    "es": {
        "flood": "un aviso de inundación", "flash-flood": "un aviso de crecida repentina",
        "coastal": "un aviso de inundación costera", "snow": "nieve", "ice": "hielo", "cold": "frío extremo",
        "heat": "calor extremo", "fog": "niebla", "wind": "viento fuerte", "rain": "lluvia intensa",
        "thunderstorm": "una tormenta", "tornado": "un tornado", "cyclone": "un ciclón",
        "dust": "una tormenta de polvo", "marine": "mala mar", "avalanche": "peligro de aludes",
        "landslide": "un desprendimiento", "wildfire": "un incendio forestal",
        "fire-weather": "peligro de incendio", "earthquake": "un terremoto",
        "tsunami": "un aviso de tsunami", "volcano": "actividad volcánica", "air-quality": "aire contaminado",
        "hazmat": "sustancias peligrosas", "civil": "una emergencia", "closure": "un corte de carretera",
        "roadworks": "obras", "": "un aviso oficial",
    },
    "ca": {
        "flood": "un avís d'inundació", "flash-flood": "un avís de crescuda sobtada",
        "coastal": "un avís d'inundació costanera", "snow": "neu", "ice": "glaç", "cold": "fred extrem",
        "heat": "calor extrema", "fog": "boira", "wind": "vent fort", "rain": "pluja intensa",
        "thunderstorm": "una tempesta", "tornado": "un tornado", "cyclone": "un cicló",
        "dust": "una tempesta de pols", "marine": "mala mar", "avalanche": "perill d'allaus",
        "landslide": "una esllavissada", "wildfire": "un incendi forestal",
        "fire-weather": "perill d'incendi",
        "earthquake": "un terratrèmol", "tsunami": "un avís de tsunami", "volcano": "activitat volcànica",
        "air-quality": "aire contaminat", "hazmat": "substàncies perilloses", "civil": "una emergència",
        "closure": "un tall de carretera", "roadworks": "obres", "": "un avís oficial",
    },
    "pt": {
        "flood": "um aviso de inundação", "flash-flood": "um aviso de cheia repentina",
        "coastal": "um aviso de inundação costeira", "snow": "neve", "ice": "gelo", "cold": "frio extremo",
        "heat": "calor extremo", "fog": "nevoeiro", "wind": "vento forte", "rain": "chuva intensa",
        "thunderstorm": "uma trovoada", "tornado": "um tornado", "cyclone": "um ciclone",
        "dust": "uma tempestade de poeira", "marine": "mar agitado", "avalanche": "perigo de avalanche",
        "landslide": "um deslizamento de terras", "wildfire": "um incêndio florestal",
        "fire-weather": "perigo de incêndio", "earthquake": "um sismo", "tsunami": "um aviso de tsunami",
        "volcano": "atividade vulcânica", "air-quality": "ar poluído", "hazmat": "substâncias perigosas",
        "civil": "uma emergência", "closure": "um corte de estrada", "roadworks": "obras",
        "": "um aviso oficial",
    },
}  # fmt: skip


def language_of(wanted: str) -> str:
    """Pick a language we have for what a browser or caller asks for: "pt-BR,pt;q=0.9" gives "pt"."""
    for part in wanted.lower().replace("_", "-").split(","):
        tongue = part.split(";")[0].strip().split("-")[0]
        if tongue in LANGUAGES:
            return tongue
    return "en"


def hazard_words(kind: str, language: str) -> str:
    words = HAZARDS[language]
    return words.get(kind, words[""])

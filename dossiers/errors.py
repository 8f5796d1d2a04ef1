"""Why an act was not done; each says in Vietnamese what to do next."""


class Refused(Exception):
    """The act was not done and nothing was written."""

    def __init__(self, *sentences: str):
        super().__init__(*sentences)
        self.sentences = [str(sentence) for sentence in sentences]


class Unfit(Refused):
    """What was typed does not fit the act; the form is shown again with these sentences."""


class NotNow(Refused):
    """The act is legal here, and something it waits for is not there yet."""


class Gone(Refused):
    """The step is over, or the dossier changed since the form was made; answered with 409."""

"""What the emulator gets wrong and AWS doesn't, put right on the way to the program."""

import json


class KeyTypes:
    """The emulator says of each certificate that its key is RSA, whatever was asked for."""

    def __init__(self):
        self._requested = {}

    def mend(self, call, answer):
        """The answer to a call, with the key that the certificate was requested with."""
        if call.service != "acm" or call.status != 200:
            return answer
        asked = json.loads(call.body)
        if call.operation == "RequestCertificate":
            self._requested[json.loads(answer)["CertificateArn"]] = asked["KeyAlgorithm"]
        elif call.operation == "DescribeCertificate" and (key := self._requested.get(asked["CertificateArn"])):
            told = json.loads(answer)
            told["Certificate"]["KeyAlgorithm"] = key
            return json.dumps(told).encode()
        return answer

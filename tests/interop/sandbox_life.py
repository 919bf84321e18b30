def run(binary):
    return []

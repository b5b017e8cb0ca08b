"""The corpus server as a process: listings, clips and errors, and nothing else on its standard output."""

import ast
import os
import pickle
import re
import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
from readers import FIXTURES, IMPORTERS, PYTHON, SERVER, Server, expected

import folder_walk  # in the folder that readers.py adds to the path


def openhands(frames=2, **changes):
    content = {"keypoints": np.full((frames, 75, 3), 0.5), "confidences": np.ones((frames, 75))}
    return pickle.dumps(content | changes)


class CorpusServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, *arguments, **options):
        server = Server(*arguments, **options)
        self.addCleanup(server.close)
        return server

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def copied(self, name):
        shutil.copytree(FIXTURES / name, self.folder, dirs_exist_ok=True)
        return self.folder

    def equals_what_is_expected(self, kind, folder):
        clips, description = expected(kind)
        server = self.serve(kind, folder)
        self.assertEqual({clip["name"] for clip in server.listing["clips"]}, set(clips))
        self.assertEqual(server.listing["labels"], description.get("labels", []))
        for clip in server.listing["clips"]:
            fields, values = clips[clip["name"]]
            self.assertEqual((clip["label"], clip.get("signer", "")), (fields["label"], fields["signer"]))
            answer, read = server.clip(clip["name"])
            self.assertEqual((answer["frames"], answer["fps"]), (fields["frames"], fields["fps"]))
            np.testing.assert_array_equal(read, values)  # NaN only where NaN is expected
        server.close()
        self.assertEqual((server.rest, server.messages, server.exit_code), (b"", "", 0))
        return server

    def fails_to_list(self, words, *arguments):
        server = self.serve(*arguments)
        server.close()
        self.assertEqual(list(server.listing), ["error"])
        for word in words:
            self.assertIn(word, server.listing["error"])
        self.assertEqual((server.rest, server.messages, server.exit_code), (b"", "", 1))

    def fails_to_read(self, server, name, *words):
        fields, _ = server.clip(name)
        self.assertEqual(list(fields), ["error"])
        for word in words:
            self.assertIn(word, fields["error"])

    def test_kaggle_equals_the_arrays_its_tables_were_made_of(self):
        server = self.equals_what_is_expected("kaggle-islr", FIXTURES / "kaggle")

        names = [clip["name"] for clip in server.listing["clips"]]
        self.assertEqual(names, ["26734/9", "26734/1000035562", "28656/1000106739"])
        self.assertEqual(server.listing["attributes"], {"language": "American Sign Language"})

    def test_kaggle_names_frames_that_are_missing(self):
        server = self.serve("kaggle-islr", FIXTURES / "kaggle")

        self.assertEqual(server.clip("26734/9")[0]["repairs"],
                         ["gaps in the frame numbers: the remaining frames joined"])
        self.assertEqual(server.clip("26734/1000035562")[0]["repairs"], [])

    def test_kaggle_clips_that_cannot_be_read_are_errors_of_their_own(self):
        tables = self.copied("kaggle") / "train_landmark_files"
        (tables / "26734" / "9.parquet").unlink()
        path = tables / "28656" / "1000106739.parquet"
        table = parquet.read_table(path)
        parquet.write_table(table.drop_columns(["landmark_index", "z"]), path)
        server = self.serve("kaggle-islr", self.folder)

        self.fails_to_read(server, "26734/9", "expected the file", "found none")
        self.fails_to_read(server, "28656/1000106739", "found no landmark_index, z")
        self.assertEqual(server.clip("26734/1000035562")[0]["frames"], 3)

        parquet.write_table(
            table.set_column(3, "landmark_index", [np.arange(len(table), dtype=np.int16)]), path)
        self.fails_to_read(server, "28656/1000106739", "landmark_index from 0 to", "found")
        parquet.write_table(table.set_column(3, "landmark_index", [np.zeros(len(table), np.int16)]), path)
        self.fails_to_read(server, "28656/1000106739", "once per frame")
        path.write_bytes(path.read_bytes()[:-100])
        self.fails_to_read(server, "28656/1000106739", "expected a Parquet table")

    def test_kaggle_folders_of_another_layout_are_refused(self):
        self.fails_to_list(["train.csv", "found no"], "kaggle-islr", self.folder)
        self.write("train.csv", "path,sign\na.parquet,blow\n")
        self.fails_to_list(["participant_id", "found path, sign"], "kaggle-islr", self.folder)
        self.write("train.csv", "path,participant_id,sequence_id,sign\na.parquet,1,,blow\n")
        self.fails_to_list(["row 2", "empty"], "kaggle-islr", self.folder)
        self.write("train.csv", "path,participant_id,sequence_id,sign\na.parquet,1,2,blow\n")
        self.write("sign_to_prediction_index_map.json", "[1]")
        self.fails_to_list(["sign_to_prediction_index_map.json", "expected"], "kaggle-islr", self.folder)

    def test_openhands_equals_the_arrays_that_were_pickled(self):
        server = self.equals_what_is_expected("openhands", FIXTURES / "openhands")

        names = [clip["name"] for clip in server.listing["clips"]]
        self.assertEqual(names, ["test/hello/a", "train/thank you/clip_2", "train/thank you/clip_10"])

    def test_openhands_clips_that_cannot_be_read_are_errors_of_their_own(self):
        self.write("a.pkl", openhands())
        self.write("cut.pkl", openhands()[:-20])
        self.write("no-keypoints.pkl", pickle.dumps({"confidences": np.ones((2, 75))}))
        self.write("points.pkl", openhands(keypoints=np.zeros((2, 543, 3))))
        self.write("frames.pkl", openhands(confidences=np.ones((3, 75))))
        self.write("list.pkl", pickle.dumps([1]))
        shutil.copyfile(FIXTURES / "malicious" / "clip.pkl", self.folder / "malicious.pkl")
        server = self.serve("openhands", self.folder)

        self.fails_to_read(server, "cut", "expected a pickle", "damaged")
        self.fails_to_read(server, "no-keypoints", "keypoints", "the dictionary has confidences")
        self.fails_to_read(server, "points", "[frames, 75, 3]", "[2, 543, 3]")
        self.fails_to_read(server, "frames", "[2, 75]", "[3, 75]")
        self.fails_to_read(server, "list", "dictionary", "list")
        self.fails_to_read(server, "malicious", "refused", "posix.mkdir")
        self.assertEqual(server.clip("a")[0], {"frames": 2, "fps": 0.0, "repairs": []})

    def test_values_that_a_store_cannot_hold_are_not_detected(self):
        values = np.full((2, 75, 3), 0.5)
        values[0, 3] = [0.5, np.inf, 70000]
        self.write("a.pkl", openhands(keypoints=values))

        fields, read = self.serve("openhands", self.folder).clip("a")

        self.assertEqual(fields["repairs"],
                         ["values that are infinite or beyond 65504 treated as not detected"])
        self.assertEqual(np.argwhere(np.isnan(read)).tolist(), [[0, 3, 1], [0, 3, 2]])

    def test_a_clip_without_frames_is_a_clip(self):
        self.write("a.pkl", openhands(0))

        self.assertEqual(self.serve("openhands", self.folder).clip("a")[0]["frames"], 0)

    def test_files_that_cannot_be_told_apart_are_left_out_by_name(self):
        self.write("x/a.pickle", openhands(3))
        self.write("x/a.pkl", openhands())
        self.write("b.pkl", openhands())
        server = self.serve("openhands", self.folder)

        self.assertEqual([clip["name"] for clip in server.listing["clips"]], ["b", "x/a"])
        self.assertEqual(
            [(each["clip"], each["reason"].split(",")[0]) for each in server.listing["left_out"]],
            [("x/a", "expected each name once")],
        )
        self.assertEqual(server.clip("x/a")[0]["frames"], 3)

    def test_names_that_are_not_utf_8_are_refused_by_name(self):
        self.write("caf\udce9/a.pkl", openhands())

        self.fails_to_list(["expected names in UTF-8", "'caf\\xE9/a'", "convmv"], "openhands", self.folder)

    def test_links_are_followed_and_each_folder_is_entered_once(self):
        self.write("in/tea/a.pkl", openhands())
        self.write("elsewhere/b.pkl", openhands())
        folder = self.folder / "in"
        (folder / "coffee").symlink_to(self.folder / "elsewhere")
        (folder / "again").symlink_to(folder / "tea")
        (folder / "tea" / "loop").symlink_to(folder)
        (folder / "tea" / "itself").symlink_to("itself")
        (folder / "gone").symlink_to(self.folder / "nothing")
        server = self.serve("openhands", folder)

        self.assertEqual([clip["name"] for clip in server.listing["clips"]], ["coffee/b", "tea/a"])
        self.assertEqual(
            server.listing["notes"],
            ["2 links lead to a parent folder, or to one that is imported anyway: not followed: "
             "again, tea/loop"],
        )
        self.assertEqual([each["clip"] for each in server.listing["left_out"]], ["gone", "tea/itself"])
        self.assertIn("found a broken link to", server.listing["left_out"][0]["reason"])
        self.assertEqual(server.clip("coffee/b")[0]["frames"], 2)

    def test_a_folder_that_cannot_be_listed_is_left_out_by_name(self):
        self.write("tea/a.pkl", openhands())
        (self.folder / "coffee").mkdir()
        at = os.open(self.folder / "coffee", os.O_RDONLY)
        for _ in range(17):  # so deep that even root cannot list the last folder: its path is too long
            os.mkdir("x" * 250, dir_fd=at)
            below = os.open("x" * 250, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(at)
        server = self.serve("openhands", self.folder)

        self.assertEqual([clip["name"] for clip in server.listing["clips"]], ["tea/a"])
        self.assertEqual([each["clip"][:10] for each in server.listing["left_out"]], ["coffee/xxx"])
        self.assertIn("cannot be listed: File name too long", server.listing["left_out"][0]["reason"])

    def test_what_systems_and_tools_leave_behind_is_skipped_and_counted(self):
        self.write("tea/a.PKL", openhands())
        for name in (
            "tea/._a.pkl",
            "tea/.DS_Store",
            "tea/.ipynb_checkpoints/a-checkpoint.pkl",
            "tea/Thumbs.db",
            "tea/desktop.ini",
            "tea/a.pkl:Zone.Identifier",
            "__MACOSX/tea/a.pkl",
            "@eaDir/a.pkl",
        ):
            self.write(name, openhands())
        server = self.serve("openhands", self.folder)

        self.assertEqual([clip["name"] for clip in server.listing["clips"]], ["tea/a"])
        self.assertEqual(
            server.listing["notes"],
            ["8 hidden or system files or folders are skipped: .DS_Store, ._a.pkl, .ipynb_checkpoints, ..."],
        )

    def test_the_names_that_are_skipped_are_those_of_the_importers_in_cpp(self):
        source = (IMPORTERS.parent / "system_files.cpp").read_text()
        table = source[source.index("known_names{") : source.index("};")]
        in_cpp = {ast.literal_eval(name) for name in re.findall(r'"[^"]*"', table)}

        self.assertEqual(in_cpp, folder_walk.SYSTEM_NAMES)

    def test_kaggle_empty_cells_and_repeated_rows(self):
        self.write(
            "train.csv",
            "path,participant_id,sequence_id,sign\na.parquet,1,2, blow \nb.parquet,,3,\na.parquet,1,2,blow\n",
        )
        server = self.serve("kaggle-islr", self.folder)

        self.assertEqual(
            server.listing["clips"],
            [
                {"name": "1/2", "label": "blow", "signer": "1"},
                {"name": "unknown/3", "label": "", "signer": ""},
            ],
        )
        self.assertEqual(server.listing["notes"],
                         ["1 rows of train.csv repeat another row and are used once"])
        self.write("train.csv",
                   "path,participant_id,sequence_id,sign\na.parquet,1,2,blow\na.parquet,1,2,tea\n")
        self.fails_to_list(["found '1/2' in rows 2 and 3", "'blow' and 'tea'"], "kaggle-islr", self.folder)
        self.write("train.csv", b"path,participant_id,sequence_id,sign\na.parquet,1,2,caf\xe9\n")
        self.fails_to_list(["expected text in UTF-8", "caf\\xe9"], "kaggle-islr", self.folder)

    def test_one_file_is_a_corpus(self):
        server = self.serve("openhands", self.write("a.pkl", openhands()))

        self.assertEqual(server.listing["clips"], [{"name": "a", "label": ""}])
        self.assertEqual(server.clip("a")[0]["frames"], 2)

    def test_what_cannot_be_listed_is_an_error_with_exit_code_1(self):
        self.fails_to_list(["found nothing of that name"], "openhands", self.folder / "absent")
        self.fails_to_list([".pkl", "found none"], "openhands", self.folder)
        self.fails_to_list(["invalid choice", "openhands"], "other", self.folder)
        self.fails_to_list(["--complexity"], "videos", self.folder, "--complexity=3")
        self.fails_to_list(["--tracking-confidence"], "videos", self.folder, "--tracking-confidence=1.5")
        self.fails_to_list(["--complexity"], "openhands", self.folder, "--complexity=1")

    def test_a_python_without_the_packages_is_told_how_to_get_them(self):
        server = self.serve(command=[PYTHON[0], "-B", "-S", str(SERVER), "openhands", str(self.folder)])

        self.assertIn("numpy", server.listing["error"])
        self.assertIn("launch/setup --importers", server.listing["error"])

    def test_wrong_requests_are_answered_and_the_next_one_is_served(self):
        self.write("a.pkl", openhands())
        server = self.serve("openhands", self.folder)

        for request in ("1", "-1", "x", "", "0 0", "\u0662"):
            self.assertIn("expected a clip's number from 0 to 0", server.ask(request)[0]["error"])
        self.assertEqual(server.ask(0)[0]["frames"], 2)
        server.close()
        self.assertEqual((server.rest, server.messages, server.exit_code), (b"", "", 0))

    def test_what_libraries_print_does_not_reach_the_answers(self):
        program = f"""
import os, sys, types
sys.path.insert(0, {str(IMPORTERS)!r})
import corpus_server, landmarks
class Corpus:
    listing = landmarks.new_listing() | dict(clips=[dict(name="a", label="")])
    def read(self, number):
        print("from Python", flush=True)
        os.write(1, b"from C")
        os.system("echo from a child")
        return landmarks.finished(landmarks.empty_values(1))
sys.modules["noisy"] = types.SimpleNamespace(open_corpus=lambda options: Corpus())
corpus_server.MODULES["openhands"] = "noisy"
sys.argv[1:] = ["openhands", "."]
corpus_server.main()
"""
        server = self.serve(command=[*PYTHON, "-c", program])

        self.assertEqual(server.ask(0)[0], {"frames": 1, "fps": 0.0, "repairs": []})
        server.close()
        self.assertEqual(server.rest, b"")
        for source in ("Python", "C", "a child"):
            self.assertIn(f"from {source}", server.messages)

    def test_it_ends_without_a_traceback_when_nobody_listens(self):
        self.write("a.pkl", openhands())
        server = self.serve("openhands", self.folder)
        server.stop_listening()
        server.send(0)
        server.close()

        self.assertEqual((server.messages, server.exit_code), ("", 1))


if __name__ == "__main__":
    unittest.main()

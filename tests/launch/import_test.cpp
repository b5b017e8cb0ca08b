// Corpora become stores through the program. Interruptions, full disks and broken files are reported, and
// what was read is kept.
#include <filesystem>
#include <fstream>

#include "io/store/clip_store.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Import : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string store() const { return path("out.h5"); }
    std::string prepare(const std::string& more = "") const {
        return "prepare --from npy --input " + path("in") + " --output " + store() + " " + more;
    }
    /// Writes arrays of 75 points, x and y; every value of clip `number` is (number + 1) / 1024.
    void write_clips(std::int64_t count, std::size_t frames = 2) const {
        for (std::int64_t number = 0; number < count; ++number) {
            io::test::write_bytes(
                clip_path(number),
                io::test::npy_bytes("<f4", {frames, 75, 2},
                                    io::test::bytes_of(std::vector<float>(
                                        frames * 150, static_cast<float>(number + 1) / 1024))));
        }
    }
    fs::path clip_path(std::int64_t number) const {
        return folder_ / "in" / ("sign" + std::to_string(number % 7)) / (std::to_string(number) + ".npy");
    }
    Json summary() const {
        std::ifstream file{store() + ".summary.json"};
        return Json::parse(file);
    }
    /// Fingerprint of an undisturbed import by one rank.
    std::uint64_t undisturbed() const {
        const auto outcome = run(
            program(1, "prepare --from npy --input " + path("in") + " --output " + path("undisturbed.h5")));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return fingerprint(path("undisturbed.h5"));
    }
    static std::uint64_t fingerprint(const std::string& file) {
        return io::ClipStore::open({file}).fingerprint();
    }
    void expect_no_leftovers() const {
        EXPECT_FALSE(fs::exists(store() + ".pieces"));
        EXPECT_FALSE(fs::exists(store() + ".partial"));
    }
};

TEST_F(Import, OneUnreadableFileAmongTenThousandIsLeftOutAndNamed) {
    write_clips(10'000);
    fs::resize_file(clip_path(5'000), 1'000);

    const auto outcome = run(program(2, prepare("--licence CC0")));

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("9999 clips, 19998 frames, 7 labels")) << outcome.output;
    EXPECT_TRUE(outcome.says("1 clip left out (full list: " + store() + ".summary.json):")) << outcome.output;
    EXPECT_TRUE(outcome.says("5000.npy: expected 300 values of 4 bytes")) << outcome.output;
    ASSERT_EQ(summary()["left_out"].size(), 1U);
    EXPECT_EQ(summary()["left_out"][0]["clip"], "sign2/5000");
    const auto opened = io::ClipStore::open({store()});
    EXPECT_EQ(opened.index().attributes.at("licence"), "CC0");
    EXPECT_EQ(opened.index().attributes.at("clips_left_out"), "1");
    EXPECT_TRUE(opened.index().attributes.at("command").starts_with("sslslr prepare --from npy"));
    for (const std::int64_t clip : {0, 4'999, 9'998}) {
        std::vector<float> values(300);
        opened.read(clip, clip + 1, values);
        const auto number =
            std::stoll(fs::path{opened.index().names[static_cast<std::size_t>(clip)]}.filename());
        EXPECT_EQ(io::test::bytes_of(values), io::test::bytes_of(std::vector<float>(300, values[0])));
        EXPECT_NEAR(values[0], static_cast<float>(number + 1) / 1024, 0.005) << "float16";
    }
    expect_no_leftovers();
}

TEST_F(Import, KilledInTheMiddleItGoesOnOnAnotherNumberOfRanks) {
    write_clips(12'000, 8);
    const auto expected = undisturbed();
    const auto killed =
        run("sh -c '" + program(1, prepare()) + " & P=$!; while kill -0 $P && [ $(ls " + store() +
            ".pieces 2> /dev/null | grep -c h5$) -lt 3 ]; do sleep 0.002; done; kill -9 $P; wait $P'");
    EXPECT_EQ(killed.exit_code, 137) << killed.output;
    EXPECT_FALSE(fs::exists(store()));

    const auto outcome = run(program(3, prepare()));

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("clips taken from an earlier import")) << outcome.output;
    EXPECT_EQ(fingerprint(store()), expected);
    expect_no_leftovers();
}

TEST_F(Import, StoppedOnRequestItEndsWith75AndGoesOn) {
    write_clips(12'000, 8);
    const auto expected = undisturbed();
    const auto stopped =
        run("sh -c '" + program(1, prepare()) + " & P=$!; while kill -0 $P && [ $(ls " + store() +
            ".pieces 2> /dev/null | grep -c h5$) -lt 2 ]; do sleep 0.002; done; kill $P; wait $P'");
    EXPECT_EQ(stopped.exit_code, 75) << stopped.output;
    EXPECT_TRUE(stopped.says("the same command resumes")) << stopped.output;
    EXPECT_FALSE(fs::exists(store()));

    ASSERT_EQ(run(program(2, prepare())).exit_code, 0);
    EXPECT_EQ(fingerprint(store()), expected);
}

#ifdef SSLSLR_WITH_MOUNTS
TEST_F(Import, AFullDiskLeavesNothingHalfWrittenAndNothingIsReadTwice) {
    write_clips(3'000, 8);
    const auto expected = undisturbed();
    const auto tiny = path("tiny");
    // Room for a few pieces (600 KB each), then for all of them and the store.
    const auto outcome = run(
        SSLSLR_WITH_MOUNTS " sh -c 'set -e; mkdir " + tiny + "; mount -t tmpfs -o size=3m tmpfs " + tiny +
        "; W=\"" + SSLSLR_PROGRAM + " prepare --from npy --input " + path("in") + " --output " + tiny +
        "/out.h5\"; $W && exit 9; echo ended with $?; ls " + tiny + "; test ! -e " + tiny +
        "/out.h5; test -z \"$(ls " + tiny + "/out.h5.pieces | grep partial)\"; mount -o remount,size=64m " +
        tiny + "; $W; cp " + tiny + "/out.h5 " + store() + "'");

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("ended with 3")) << outcome.output;
    EXPECT_TRUE(outcome.says("No space left on device") || outcome.says("is the disk full"))
        << outcome.output;
    EXPECT_TRUE(outcome.says("clips taken from an earlier import")) << outcome.output;
    EXPECT_EQ(fingerprint(store()), expected);
}
#endif

TEST_F(Import, RefusesByOptionAndByFile) {
    write_clips(3);
    const std::pair<std::string, std::string> refused[]{
        {"prepare --from npy --output " + store(), "--input PATH is missing"},
        {"prepare --from npy --input " + path("in"), "--output FILE.h5 is missing"},
        {prepare("--dtype int8"), "--dtype int8: expected float16, float32 or auto"},
        {prepare("--coordinates 4"), "--coordinates 4: expected 2 or 3"},
        {prepare("--fps -1"), "--fps -1: expected 0 (unknown) to 1000"},
        {prepare("--signer \"$(printf 'Ren\\351')\""), "--signer Ren\\xE9: expected a name in UTF-8"},
        {prepare("--point-order kinect"), "--point-order kinect: expected auto, holistic-75"},
        {prepare("--poses raw"), "--poses"},
        {prepare("--hand both"), "--hand both: expected left or right"},
        {prepare("--hand left --point-order hands-42"), "leave one out"},
        {prepare("--missing none"),
         "--missing none: expected the number that marks points that were not detected"},
        {prepare("--compress 10"), "--compress 10: expected none or a level from 0 to 9"},
        {"prepare --from synthetic --strict --output " + store(), "--strict"},
        {"extract --input " + path("in") + " --output " + store() + " --complexity 3",
         "--complexity 3: expected 0, 1 or 2"},
        {"extract --input " + path("in") + " --output " + store() + " --tracking-confidence 1.5",
         "--tracking-confidence 1.5: expected a number from 0 to 1"},
    };
    for (const auto& [command, error] : refused) {
        const auto outcome = run(program(1, command));
        EXPECT_EQ(outcome.exit_code, 2) << command << '\n' << outcome.output;
        EXPECT_TRUE(outcome.says(error)) << outcome.output;
    }
    EXPECT_FALSE(fs::exists(store()));
    const auto missing =
        run(program(2, "prepare --from lsfb --input " + path("nowhere") + " --output " + store()));
    EXPECT_EQ(missing.exit_code, 3) << missing.output;
    EXPECT_EQ(missing.count("expected a folder of LSFB-ISOL"), 1) << missing.output;

    ASSERT_EQ(run(program(1, prepare())).exit_code, 0);
    const auto again = run(program(1, prepare()));
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_TRUE(again.says("there is a file of that name; --force replaces it")) << again.output;
    EXPECT_EQ(run(program(1, prepare("--force"))).exit_code, 0);
}

TEST_F(Import, TheValueOfMissingPointsAndTheHandArePartOfAnImportsIdentity) {
    write_clips(3);
    fs::resize_file(clip_path(1), 10);
    ASSERT_EQ(run(program(1, prepare("--strict"))).exit_code, 3);
    for (const auto* option : {"--missing -1", "--hand left"}) {
        const auto outcome = run(program(1, prepare(option)));
        EXPECT_EQ(outcome.exit_code, 3) << option;
        EXPECT_TRUE(outcome.says("of an interrupted import")) << outcome.output;
    }
    EXPECT_EQ(run(program(1, prepare("--missing -1 --force"))).exit_code, 0);
}

TEST_F(Import, LinkedFoldersAreReadAndWhatIsSkippedIsInTheSummary) {
    write_clips(7);
    fs::rename(folder_ / "in/sign3", folder_ / "elsewhere");
    fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "in/sign3");
    fs::create_directory_symlink("/nowhere/sign8", folder_ / "in/sign8");
    io::test::write_bytes(folder_ / "in/sign0/._0.npy", "AppleDouble");
    io::test::write_bytes(folder_ / "in/.DS_Store", "");

    const auto outcome = run(program(2, prepare()));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("7 clips, 14 frames, 7 labels")) << outcome.output;
    EXPECT_TRUE(outcome.says("2 hidden or system files or folders are skipped: .DS_Store, ._0.npy"))
        << outcome.output;
    EXPECT_TRUE(outcome.says("found a broken link to /nowhere/sign8")) << outcome.output;
    EXPECT_EQ(summary()["left_out"][0]["clip"], "sign8");
    EXPECT_EQ(summary()["notes"].size(), 1U);
}

TEST_F(Import, StrictWritesNoStoreThatLacksClips) {
    write_clips(3);
    fs::resize_file(clip_path(1), 10);
    const auto outcome = run(program(2, prepare("--strict")));
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_TRUE(outcome.says("1 clip would be left out and --strict requires all; the first, sign1/1:"))
        << outcome.output;
    EXPECT_FALSE(fs::exists(store()));
}

TEST_F(Import, AFailedFirstTryDoesNotBlockTheCorrectedCommand) {
    for (const std::string clip : {"0", "1"}) {
        io::test::write_bytes(folder_ / "in" / (clip + ".npy"),
                              io::test::npy_bytes("<f4", {2, 543, 3},
                                                  io::test::bytes_of(std::vector<float>(2 * 543 * 3, 0.5F))));
    }
    const auto failed = run(program(2, prepare()));
    EXPECT_EQ(failed.exit_code, 3) << failed.output;
    EXPECT_TRUE(failed.says("name the order with --point-order")) << failed.output;
    expect_no_leftovers();

    const auto corrected = run(program(2, prepare("--point-order holistic-543")));
    EXPECT_EQ(corrected.exit_code, 0) << corrected.output;
}

TEST_F(Import, ARootOneLevelTooHighOrTooLowIsRefusedByTheRightOne) {
    for (const std::string clip : {"hello/0", "hello/1", "tea/0"}) {
        for (const std::string frame : {"0", "1", "2"}) {
            io::test::write_bytes(
                folder_ / "data/MP_Data" / clip / (frame + ".npy"),
                io::test::npy_bytes("<f4", {1662}, io::test::bytes_of(std::vector<float>(1662, 0.5F))));
        }
    }
    for (const std::string wrong : {"data", "data/MP_Data/hello"}) {
        const auto outcome =
            run(program(2, "prepare --from mp-data --input " + path(wrong) + " --output " + store()));
        EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
        EXPECT_EQ(outcome.count("; --input " + path("data/MP_Data") + " holds clips of --from mp-data"), 1)
            << outcome.output;
        EXPECT_FALSE(fs::exists(store()));
        expect_no_leftovers();
    }
}

TEST_F(Import, ACorpusOfOnePersonGetsTheirName) {
    write_clips(8);
    const auto named = run(program(2, prepare("--signer Ann")));
    ASSERT_EQ(named.exit_code, 0) << named.output;
    EXPECT_TRUE(named.says("8 clips, 16 frames, 7 labels, 1 signer")) << named.output;
    EXPECT_EQ(io::ClipStore::open({store()}).index().signer_names, std::vector<std::string>{"Ann"});

    std::ofstream{folder_ / "list.csv"} << "clip,signer\n3,Bob\n";
    const auto refused = run(program(2, prepare("--signer Ann --force --metadata " + path("list.csv"))));
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_EQ(refused.count(
                  "--signer Ann: expected a corpus that names no other signer, found Bob for clip sign3/3"),
              1)
        << refused.output;
}

TEST_F(Import, TrimsToTheHandsAndWarnsOfMissingShoulders) {
    constexpr std::size_t frames = 6;
    constexpr std::size_t points = 42;
    for (std::size_t clip = 0; clip < 3; ++clip) {
        std::vector<float> values(frames * points * 2);  // 0 is undetected; clip 2 stays so throughout
        for (std::size_t at = 2 * points * 2; clip < 2 && at < 4 * points * 2; ++at) {
            values[at] = 0.25F + 0.001F * static_cast<float>(at % 84);
        }
        io::test::write_bytes(clip_path(static_cast<std::int64_t>(clip)),
                              io::test::npy_bytes("<f4", {frames, points, 2}, io::test::bytes_of(values)));
    }

    const auto outcome = run(program(2, prepare("--trim")));

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("3 clips, 10 frames, 3 labels")) << outcome.output;
    EXPECT_TRUE(outcome.says("trimmed to the first and last frame with a hand: 2 clips, 8 frames removed"))
        << outcome.output;
    EXPECT_TRUE(outcome.says("1 clip in which no hand was detected")) << outcome.output;
    EXPECT_TRUE(
        outcome.says("warning: 2 clips with hands but no shoulders: training centres them on the hands"))
        << outcome.output;
    EXPECT_EQ(summary()["frames_trimmed"], 8);
    EXPECT_EQ(summary()["clips_trimmed"], 2);
    EXPECT_EQ(summary()["clips_without_shoulders"], 2);
    EXPECT_EQ(io::ClipStore::open({store()}).index().offsets, (std::vector<std::int64_t>{0, 2, 4, 10}));
}

TEST_F(Import, AListThatIsNotUtf8IsRefusedBeforeAnyClipIsReadOnEveryNumberOfRanks) {
    write_clips(3);
    io::test::write_bytes(folder_ / "list.csv", "clip,label\n0,caf\xE9\n");
    for (const int ranks : {1, 3}) {
        const auto outcome = run(program(ranks, prepare("--metadata " + path("list.csv"))));
        EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
        EXPECT_EQ(outcome.count("list.csv: row 2, column label: expected text in UTF-8, found 'caf\\xE9'"), 1)
            << outcome.output;
    }
    EXPECT_FALSE(fs::exists(store()));
}

TEST_F(Import, SeveralSignsOfAVideoAreClipsOfTheirOwnFrames) {
    write_clips(1, 10);
    io::test::write_bytes(folder_ / "list.json",
                          R"([{"gloss":"tea","instances":[{"video_id":"0","frame_start":1,"frame_end":4}]},
                          {"gloss":"no","instances":[{"video_id":"0","frame_start":5,"frame_end":-1}]}])");
    const auto outcome = run(program(2, prepare("--metadata " + path("list.json"))));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    const auto store_of_signs = io::ClipStore::open({store()});
    EXPECT_EQ(store_of_signs.index().names, (std::vector<std::string>{"sign0/0#1-4", "sign0/0#5-end"}));
    EXPECT_EQ(store_of_signs.index().offsets, (std::vector<std::int64_t>{0, 4, 10}));
    EXPECT_EQ(store_of_signs.index().label_names, (std::vector<std::string>{"tea", "no"}));
}

TEST_F(Import, AVideoThatTheListsFramesWereCutFromAlreadyIsNotCutAgain) {
    write_clips(2, 10);
    io::test::write_bytes(
        folder_ / "list.json",
        R"({"0": {"subset": "train", "action": [0, 5, 14]}, "1": {"subset": "test", "action": [0, 5, 40]}})");
    const auto outcome = run(program(1, prepare("--metadata " + path("list.json"))));
    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_EQ(io::ClipStore::open({store()}).index().offsets, (std::vector<std::int64_t>{0, 10, 16}));
    EXPECT_EQ(
        summary()["repairs"]["as long as the sign in the metadata: treated as already cut and kept whole"],
        1);
}

TEST_F(Import, AStoreOfAnImportTrains) {
    for (std::int64_t number = 0; number < 40; ++number) {
        std::vector<float> values(5 * 150);
        for (std::size_t at = 0; at < values.size(); ++at) {
            values[at] = static_cast<float>((at * 31 + static_cast<std::size_t>(number) * 7) % 100 + 1) / 128;
        }
        io::test::write_bytes(clip_path(number),
                              io::test::npy_bytes("<f4", {5, 75, 2}, io::test::bytes_of(values)));
    }
    ASSERT_EQ(run(program(1, prepare())).exit_code, 0);
    const auto trained = run(program(1, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 2 --data " +
                                            store() + " --run " + path("run")));
    EXPECT_EQ(trained.exit_code, 0) << trained.output;
}

}  // namespace
}  // namespace sslslr::test

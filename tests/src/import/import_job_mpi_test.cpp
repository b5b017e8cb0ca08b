// An import gives the same store on any number of ranks, resumes where it was stopped, and loses nothing.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "dist/agree.hpp"
#include "io/file/data_error.hpp"
#include "io/store/clip_store.hpp"
#include "src/errors.hpp"
#include "src/import/import_job.hpp"
#include "src/import/import_pieces.hpp"
#include "tests/shared_folder_test.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t clips = 23;

/// Clips of 0 to 6 frames. Clip 7 cannot be read, clip 11 has no hands, clip 13 no frames.
class ToyCorpus final : public io::Corpus {
public:
    ToyCorpus() {
        for (std::int64_t clip = 0; clip < clips; ++clip) {
            listing_.clips.push_back({.name = "c" + std::to_string(clip),
                                      .label = clip % 4 == 3 ? "" : "sign" + std::to_string(clip % 4),
                                      .signer = clip < 5 ? "" : "S" + std::to_string(clip % 11),
                                      .fps = clip == 2 ? 50.0 : 25.0});
            listing_.splits[clip % 3 == 0 ? "test" : "train"].push_back(listing_.clips.back().name);
        }
        listing_.labels = {"sign2", "rare"};
        listing_.splits["test"].push_back("nobody");
        listing_.left_out = {{"x", "x: not there"}};
        listing_.notes = {"a note"};
        listing_.clips[20].first_frame = 1;
        listing_.clips[20].end_frame = 3;
    }
    const io::Listing& listing() const override { return listing_; }
    io::ImportedClip read(std::size_t clip) override {
        ++reads;
        if (fails) {
            throw std::logic_error{"the toy broke"};
        }
        if ((clip == 7 && !repaired) || broken) {
            throw io::DataError{"c" + std::to_string(clip), "cannot be read"};
        }
        io::ImportedClip imported;
        const std::size_t frames = clip == 13 || has_no_frames ? 0 : 1 + clip * 5 % 6;
        imported.landmarks.assign(frames * io::import_frame_values, io::not_detected);
        for (std::size_t i = 0; i < imported.landmarks.size(); ++i) {
            const auto point = i / 3 % 75;
            const auto frame = i / io::import_frame_values;
            const bool is_idle = hands_rest && point >= 33 && (frame == 0 || frame + 1 == frames);
            if (!(clip == 11 && point >= 33) && point != 50 && !is_idle && !(is_cropped && point == 12)) {
                imported.landmarks[i] = static_cast<float>((clip * 7 + i) % 100) / 64;
            }
        }
        if (clip % 5 == 0) {
            imported.repairs.emplace_back("fixed");
        }
        return imported;
    }

    std::int64_t reads = 0;
    bool broken = false;
    bool repaired = false;
    bool fails = false;
    bool has_no_frames = false;
    bool hands_rest = false;  ///< both hands are missing in the first and the last frame
    bool is_cropped = false;  ///< the right shoulder is missing

private:
    io::Listing listing_;
};

class ImportJob : public test::SharedFolderTest {
protected:
    void SetUp() override {
        config_.output = folder_ / "store.h5";
        config_.clips_per_piece = 3;
    }
    ImportSummary import(const ImportHooks& hooks = {}) {
        return import_corpus(corpus_, config_, world_, hooks);
    }
    /// Imports until every rank has looked `clips_read` times for a request to stop; its next look finds one.
    ImportSummary import_stopped_after(std::int64_t clips_read) {
        ImportHooks hooks;
        std::int64_t looks = 0;
        hooks.stop_requested = [&] { return ++looks > clips_read; };
        return import(hooks);
    }
    io::ClipStore opened() const { return io::ClipStore::open({config_.output.string()}); }
    std::int64_t reads_of_all() const {
        auto reads = corpus_.reads;
        world_.all_reduce_sum(std::span{&reads, 1});
        return reads;
    }
    /// The fingerprint of the store that a single rank makes.
    std::uint64_t expected_fingerprint() const {
        ToyCorpus corpus;
        auto config = config_;
        config.output = folder_ / ("alone-" + std::to_string(world_.rank()) + ".h5");
        config.clips_per_piece = 100;
        import_corpus(corpus, config, dist::Communicator::self());
        return io::ClipStore::open({config.output.string()}).fingerprint();
    }
    std::string error_of_import() {
        try {
            import();
        } catch (const dist::AgreedError& error) {
            return error.what();
        }
        return "no error";
    }

    ToyCorpus corpus_;
    ImportConfig config_;
};

TEST_F(ImportJob, TheStoreIsTheSameOnAnyNumberOfRanksAndPieces) {
    import();
    EXPECT_EQ(opened().fingerprint(), expected_fingerprint());
    EXPECT_FALSE(fs::exists(folder_ / "store.h5.pieces"));
    EXPECT_EQ(reads_of_all(), clips);
}

TEST_F(ImportJob, HoldsWhatTheListingSays) {
    config_.attributes = {{"licence", "CC0"}};
    const auto summary = import();
    const auto store = opened();
    const auto& index = store.index();
    ASSERT_EQ(index.clips(), clips - 1) << "one cannot be read";
    EXPECT_EQ(index.names[6], "c6");
    EXPECT_EQ(index.names[7], "c8");
    EXPECT_EQ(index.ids[7], 8) << "ids count the listing's clips";
    EXPECT_EQ(index.label_names, (std::vector<std::string>{"sign2", "rare", "sign0", "sign1"}));
    EXPECT_EQ(index.labels[0], 2);
    EXPECT_EQ(index.labels[3], -1);
    EXPECT_EQ(index.signer_names.front(), "S0");
    EXPECT_EQ(index.signer_names.back(), "S10") << "natural order";
    EXPECT_EQ(index.splits.at("test").size(), 8U);
    EXPECT_EQ(index.fps[2], 50);
    EXPECT_EQ(index.attributes.at("fps"), "25 to 50, by clip");
    EXPECT_EQ(index.attributes.at("licence"), "CC0");
    EXPECT_EQ(index.attributes.at("clips_left_out"), "2");

    std::vector<float> values(static_cast<std::size_t>(index.offsets[20] - index.offsets[19]) * 75 * 2);
    store.read(19, 20, values);  // frames 1 and 2 of clip c20
    ASSERT_EQ(values.size(), 2U * 150);
    EXPECT_EQ(values[0], static_cast<float>((20 * 7 + 225) % 100) / 64);
    EXPECT_EQ(values[3], static_cast<float>((20 * 7 + 225 + 4) % 100) / 64) << "z is dropped";

    if (world_.rank() == 0) {
        EXPECT_EQ(summary.clips, clips - 1);
        EXPECT_EQ(summary.clips_without_frames, 1);
        EXPECT_EQ(summary.clips_without_hands, 2) << "the one without hands and the one without frames";
        ASSERT_EQ(summary.left_out.size(), 2U);
        EXPECT_EQ(summary.left_out[0].clip, "x");
        EXPECT_EQ(summary.left_out[1].reason, "c7: cannot be read");
        EXPECT_EQ(summary.repairs.at("fixed"), 5);
        EXPECT_EQ(summary.absent_points, std::vector<std::string>{"left_hand.pinky_mcp"});
        EXPECT_EQ(summary.notes, std::vector<std::string>{"a note"});
        EXPECT_EQ(summary.unlabelled, 4);
    }
}

TEST_F(ImportJob, StoppedItGoesOnWithWhatIsMissing) {
    const auto stopped = import_stopped_after(4);
    EXPECT_TRUE(stopped.is_stopped);
    EXPECT_FALSE(fs::exists(config_.output));
    EXPECT_LT(reads_of_all(), clips);

    const auto summary = import();

    EXPECT_EQ(opened().fingerprint(), expected_fingerprint());
    // A piece holds three clips. The third rank's piece holds c7, which cannot be read, so the whole piece is
    // read again. This rank also asks once more before it writes such a piece, and so stops a clip earlier.
    EXPECT_EQ(reads_of_all(), clips + world_.size() + (world_.size() >= 3 ? 2 : 0))
        << "each rank reads one clip of a piece again, and no other";
    if (world_.rank() == 0) {
        EXPECT_EQ(summary.found_done, 3 * world_.size()) << "a piece of three clips a rank";
    }
}

TEST_F(ImportJob, ADamagedPieceIsReadAgain) {
    import_stopped_after(3);
    if (world_.rank() == 0) {
        std::fstream piece{folder_ / "store.h5.pieces/piece-0000000.h5",
                           std::ios::in | std::ios::out | std::ios::binary};
        piece.seekp(700);
        piece.put('x');
    }
    world_.barrier();
    import();
    EXPECT_EQ(opened().fingerprint(), expected_fingerprint());
}

TEST_F(ImportJob, PiecesOfOtherSettingsAreNeitherUsedNorGivenUpUnasked) {
    import_stopped_after(3);
    config_.settings = "others";
    const auto error = error_of_import();
    EXPECT_NE(error.find("of an interrupted import with other options"), std::string::npos) << error;
    EXPECT_TRUE(fs::exists(folder_ / "store.h5.pieces/piece-0000000.h5"));
    world_.barrier();  // the next import removes that file

    config_.discards_others = true;
    const auto reads = reads_of_all();
    const auto summary = import();
    EXPECT_EQ(reads_of_all() - reads, clips);
    EXPECT_EQ(summary.found_done, 0);
}

TEST_F(ImportJob, WhatCouldNotBeReadIsTriedAgainByTheNextRun) {
    config_.strict = true;
    const auto error = error_of_import();
    EXPECT_NE(error.find("not written, because 2 clips would be left out"), std::string::npos) << error;
    EXPECT_FALSE(fs::exists(config_.output));

    config_.strict = false;
    corpus_.repaired = true;
    const auto reads = reads_of_all();
    import();
    EXPECT_EQ(reads_of_all(), reads + 3) << "the piece of c7, and no other";
    EXPECT_EQ(opened().index().clips(), clips);
}

TEST_F(ImportJob, RefusesACorpusOfWhichNothingCanBeRead) {
    corpus_.broken = true;
    const auto error = error_of_import();
    EXPECT_NE(error.find("none of the 23 clips could be read; the first: x: not there"), std::string::npos)
        << error;
    EXPECT_FALSE(fs::exists(config_.output));
    EXPECT_FALSE(fs::exists(folder_ / "store.h5.pieces")) << "nothing in it is worth keeping";
    world_.barrier();  // the next import makes that folder again

    corpus_.broken = false;
    config_.settings = "corrected";
    import();
    EXPECT_EQ(opened().index().clips(), clips - 1);
}

TEST_F(ImportJob, RefusesACorpusWithoutASingleFrameAndPassesOnAdvice) {
    corpus_.has_no_frames = true;
    ImportHooks hooks;
    hooks.advice = [] { return "try another folder"; };
    std::string message = "no error";
    try {
        import(hooks);
    } catch (const dist::AgreedError& error) {
        message = error.what();
        EXPECT_EQ(error.exit_code, exit_data);
    }
    EXPECT_NE(message.find("store.h5: not written, because none of the 22 clips holds a frame; the first: "
                           "c0; try another folder"),
              std::string::npos)
        << message;
    EXPECT_EQ(world_.broadcast(message), message);
    EXPECT_FALSE(fs::exists(config_.output));
    EXPECT_FALSE(fs::exists(folder_ / "store.h5.pieces"));
}

TEST_F(ImportJob, PiecesWithoutAFrameAreTakenOverByOtherSettings) {
    corpus_.broken = true;
    import_stopped_after(4);
    corpus_.broken = false;
    if (world_.rank() == 0) {
        std::ofstream{folder_ / "store.h5.pieces/piece-0000001.h5.partial"} << "half of one";
    }
    world_.barrier();
    config_.settings = "others";
    import();
    EXPECT_EQ(opened().fingerprint(), expected_fingerprint());
}

TEST_F(ImportJob, TrimsToTheFirstAndLastFrameWithAHandOnAnyNumberOfRanks) {
    corpus_.hands_rest = true;
    const auto whole = import();
    const auto before = opened().index().offsets;
    config_.output = folder_ / "trimmed.h5";
    config_.trims = true;
    const auto summary = import();

    const auto index = opened().index();
    std::int64_t trimmed = 0;
    for (std::size_t clip = 0; clip < index.labels.size(); ++clip) {
        const auto length = before[clip + 1] - before[clip];
        // Clips of one or two frames have no hand in any frame, and neither has clip c11.
        const bool has_hand = length > 2 && index.names[clip] != "c11";
        EXPECT_EQ(index.offsets[clip + 1] - index.offsets[clip], has_hand ? length - 2 : length)
            << index.names[clip];
        trimmed += has_hand ? 1 : 0;
    }
    if (world_.rank() == 0) {
        EXPECT_EQ(summary.clips_trimmed, trimmed);
        EXPECT_EQ(summary.frames_trimmed, 2 * trimmed);
        EXPECT_EQ(whole.frames - summary.frames, 2 * trimmed);
        EXPECT_EQ(whole.clips_trimmed, 0);
        EXPECT_EQ(summary.clips_without_hands, whole.clips_without_hands);
    }
}

TEST_F(ImportJob, PiecesThatAreNotTrimmedAreNoneOfATrimmedImport) {
    import_stopped_after(3);
    config_.trims = true;
    const auto error = error_of_import();
    EXPECT_NE(error.find("of an interrupted import with other options"), std::string::npos) << error;
}

TEST_F(ImportJob, ASignerIsGivenToTheClipsThatNameNone) {
    config_.signer = "Ann";
    import();
    const auto index = opened().index();
    EXPECT_EQ(index.signer_names.front(), "Ann");
    for (std::size_t clip = 0; clip < index.labels.size(); ++clip) {
        const auto& signer = index.signer_names[static_cast<std::size_t>(index.signers[clip])];
        EXPECT_EQ(signer == "Ann", index.ids[clip] < 5) << index.names[clip];
    }
}

TEST_F(ImportJob, CountsClipsThatShowHandsButNotBothShoulders) {
    corpus_.is_cropped = true;
    const auto summary = import();
    if (world_.rank() == 0) {
        EXPECT_EQ(summary.clips_without_shoulders, clips - 3)
            << "all but the unread, the empty and the handless";
    }
}

TEST_F(ImportJob, ARankThatFailsEndsTheReadingOfAll) {
    corpus_.fails = world_.rank() == world_.size() - 1;
    const auto error = error_of_import();
    EXPECT_NE(error.find("the toy broke"), std::string::npos) << error;
    corpus_.fails = false;
    import();
    EXPECT_EQ(opened().fingerprint(), expected_fingerprint());
}

TEST_F(ImportJob, TwoImportsToOneOutputDoNotMix) {
    std::optional<ImportPieces> other;
    if (world_.rank() == 0) {
        other.emplace(folder_ / "store.h5.pieces", "key", 1, 1);
        other->begin(false);
    }
    const auto error = error_of_import();
    EXPECT_NE(error.find("another process is importing"), std::string::npos) << error;
    other.reset();
    import();
    EXPECT_EQ(opened().index().clips(), clips - 1);
}

}  // namespace
}  // namespace sslslr

#include "src/settings/options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "src/errors.hpp"
#include "src/settings/option_names.hpp"
#include "src/settings/words.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

enum class Optimizer { sgd, adamw, lars };
constexpr auto words(Optimizer /*of*/) {
    return std::array{"sgd", "adamw", "lars"};
}

/// A few options, declared as those of pretrain are.
struct Fields {
    std::vector<std::string> signers;
    std::vector<std::string> parts;
    std::vector<Optimizer> stages{Optimizer::sgd};
    std::vector<std::int64_t> clusters;
    std::string name;
    Optimizer optimizer = Optimizer::sgd;
    std::optional<Optimizer> second;
    double momentum = 0.9;
    double weight = 1;
    std::int64_t steps = 0;
    std::uint64_t seed = 0;
    bool smooth = false;
};

void declare(Options& options, Fields& o) {
    options.add("signers", o.signers, "signers");
    options.add("parts", o.parts, "parts");
    options.words({"head", "hands"});
    options.add("stages", o.stages, "optimizers");
    options.add("clusters", o.clusters, "clusters");
    options.add("name", o.name, "name");
    options.add("optimizer", o.optimizer, "of the first stage");
    options.removed_word("rmsprop", "adamw", "no longer there: give adamw");
    options.add("second-optimizer", o.second, "of the second stage");
    options.add("weight", o.weight, "weight");
    options.add("max-steps", o.steps, "steps");
    options.add("seed", o.seed, "seed");
    options.add("smooth", o.smooth, "smooth");
    options.section("Momentum", "optimizer", {"sgd", "lars"});
    options.add("momentum", o.momentum, "momentum");
    options.removed("optimiser", "is called --optimizer now");
    options.removed("doubled", "no longer there", "false");
    options.removed("masks", "no longer there", "false", Decides::clips);
}

class OptionsTest : public test::FolderTest {
protected:
    std::string file(const std::string& text) const {
        const auto path = folder_ / "c.ini";
        std::ofstream{path, std::ios::binary} << text;
        return path.string();
    }

    static Fields read(const std::vector<std::string>& arguments) {
        Fields fields;
        Options options{""};
        declare(options, fields);
        options.read(arguments);
        return fields;
    }
    Fields read_config(const std::string& text, std::vector<std::string> arguments = {}) const {
        arguments.insert(arguments.end(), {"--config", file(text)});
        return read(arguments);
    }

    template <class Read>
    static std::string refusal(const Read& reads) {
        try {
            reads();
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "nothing was refused";
    }
    std::string refusal_of_config(const std::string& text,
                                  const std::vector<std::string>& arguments = {}) const {
        return refusal([&] { read_config(text, arguments); });
    }
    static std::string refusal_of(const std::vector<std::string>& arguments) {
        return refusal([&] { read(arguments); });
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_F(OptionsTest, AListInAFileStandsOnOneLineOrOnSeveral) {
    const std::vector<std::string> signers{"S0", "S1", "Ana Maria"};
    const std::vector<std::int64_t> clusters{4, 8};

    const auto one = read_config("signers = S0 S1 \"Ana Maria\"\nclusters = 4  8\n");
    const auto several =
        read_config("signers = S0\nsigners = S1\nsigners = \"Ana Maria\"\nclusters = 4\nclusters = 8\n");

    EXPECT_EQ(one.signers, signers);
    EXPECT_EQ(one.clusters, clusters);
    EXPECT_EQ(several.signers, signers);
    EXPECT_EQ(several.clusters, clusters);
    EXPECT_TRUE(has(refusal_of_config("signers = \"Ana Maria\n"),
                    "line 1: the quote before Ana Maria is not closed"));
}

TEST_F(OptionsTest, APathWithBlanksIsOneEntryWhereItsFileExists) {
    const auto path = (folder_ / "my store.h5").string();
    std::ofstream{path} << "x";

    EXPECT_EQ(read_config("signers = " + path + "\n").signers, std::vector{path});
}

TEST_F(OptionsTest, AByteOrderMarkForeignLineEndsAndBothKindsOfCommentAreNoTrouble) {
    for (const std::string text :
         {"\xEF\xBB\xBFname = a\nseed = 3\n", "name = a\r\nseed = 3\r\n", "name = a\rseed = 3\r",
          "; a comment\nname = a  # another\n\nseed = 3", "name = \"a\"\nseed=3"}) {
        const auto fields = read_config(text);
        EXPECT_EQ(fields.name, "a") << text;
        EXPECT_EQ(fields.seed, 3U) << text;
    }
}

TEST_F(OptionsTest, WhatIsNoConfigurationIsRefusedByName) {
    std::ofstream{folder_ / "config.ini"} << "seed = 3\n";

    EXPECT_TRUE(has(
        refusal_of({"--config", folder_.string()}),
        folder_.string() + ": expected a file, found a folder: give " + (folder_ / "config.ini").string()));
    EXPECT_TRUE(has(refusal_of({"--config", (folder_ / "none.ini").string()}), "none.ini: no such file"));
    EXPECT_TRUE(has(refusal_of_config(std::string{"\xFF\xFEs\0e\0", 6}), "save it as UTF-8"));
    EXPECT_TRUE(
        has(refusal_of_config("seed = 3\nwidth\n"), "c.ini, line 2: expected name = value, found 'width'"));
    EXPECT_TRUE(has(refusal_of_config("seed: 3\n"), "line 1: expected name = value"));
    EXPECT_TRUE(has(refusal_of_config("[model]\nseed = 3\n"), "line 1: sections such as [model]"));
}

TEST_F(OptionsTest, AnOptionGivenTwiceInAFileIsRefusedWithBothLines) {
    EXPECT_TRUE(has(refusal_of_config("seed = 1\nname = a\nseed = 2\n"),
                    "c.ini: seed is given twice, in lines 1 and 3: leave one out"));
}

TEST_F(OptionsTest, ANegativeNumberIsNoSeedAnywhere) {
    const std::string expected = "seed = -1: expected a whole number of 0 or more";

    EXPECT_TRUE(has(refusal_of_config("name = a\nseed = -1\n"), "line 2: " + expected));
    EXPECT_TRUE(has(refusal_of({"--seed", "-1"}), "--seed -1: expected a whole number of 0 or more"));
    EXPECT_TRUE(has(refusal_of({"--seed=-1"}), "--seed -1: expected a whole number of 0 or more"));
    EXPECT_TRUE(has(refusal([] {
                        Fields fields;
                        Options options{""};
                        declare(options, fields);
                        options.read_settings({{"seed", "-1"}}, "--study s.ini, [pretrain]");
                    }),
                    "--study s.ini, [pretrain]: " + expected));
}

TEST_F(OptionsTest, AWordThatIsNoneOfAnOptionsIsRefusedWhereverItIsRead) {
    const auto settings = [](const std::vector<IniLine>& lines) {
        return refusal([&] {
            Fields fields;
            Options options{""};
            declare(options, fields);
            options.read_lines(lines, "--study s.ini, [pretrain]");
        });
    };

    EXPECT_EQ(refusal_of({"--optimizer", "adm"}), "--optimizer adm: expected sgd, adamw or lars");
    EXPECT_TRUE(has(refusal_of_config("seed = 1\noptimizer = adm\n"),
                    "c.ini, line 2: optimizer = adm: expected sgd, adamw or lars"));
    EXPECT_EQ(settings({{"optimizer", "\"adm\"", 7}}),
              "--study s.ini, [pretrain], line 7: optimizer = adm: expected sgd, adamw or lars");
    EXPECT_EQ(settings({{"optimizers", "sgd", 7}}),
              "--study s.ini, [pretrain], line 7: unknown option optimizers; did you mean optimizer?");
    EXPECT_EQ(read({"--optimizer", "lars"}).optimizer, Optimizer::lars);
}

TEST_F(OptionsTest, OtherNumbersMayBeNegativeBehindABlank) {
    EXPECT_EQ(read({"--weight", "-0.5", "--max-steps", "-3"}).weight, -0.5);
    EXPECT_EQ(read({"--clusters", "4", "8"}).clusters, (std::vector<std::int64_t>{4, 8}));
}

TEST_F(OptionsTest, AValueOfTheWrongKindIsRefusedWithItsLine) {
    EXPECT_TRUE(
        has(refusal_of_config("weight = 0,001\n"), "c.ini, line 1: weight = 0,001: expected a number"));
    EXPECT_TRUE(has(refusal_of_config("max-steps = 1e3\n"), "max-steps = 1e3: expected a whole number"));
    EXPECT_TRUE(has(refusal_of_config("smooth = maybe\n"), "smooth = maybe: expected true or false"));
    EXPECT_TRUE(has(refusal_of_config("clusters = 4 x\n"), "clusters = 4 x: expected a whole number"));
}

TEST_F(OptionsTest, TheCommandLineWinsOverAFileEvenWhereItLeavesALineWithoutUse) {
    const auto fields = read_config("optimizer = sgd\nmomentum = 0.5\n", {"--optimizer", "adamw"});

    EXPECT_EQ(fields.optimizer, Optimizer::adamw);
    EXPECT_EQ(fields.momentum, 0.9) << "passed over";
    EXPECT_EQ(read_config("momentum = 0.5\n", {"--optimizer", "lars"}).momentum, 0.5);
}

TEST_F(OptionsTest, ALineThatItsOwnFileLeavesWithoutUseIsNamed) {
    EXPECT_TRUE(has(refusal_of_config("optimizer = adamw\nmomentum = 0.5\n"),
                    "c.ini, line 2: momentum belongs to --optimizer sgd, lars, not to adamw: leave the "
                    "line out"));
    EXPECT_TRUE(
        has(refusal_of({"--optimizer", "adamw", "--momentum", "0.5"}), "--momentum belongs to --optimizer"));
}

TEST_F(OptionsTest, AnUnknownOptionIsNamedWithItsLineAndTheNearestOne) {
    EXPECT_TRUE(has(refusal_of_config("seed = 1\nmax_steps = 2\n"),
                    "c.ini, line 2: unknown option max_steps; did you mean max-steps?"));
    EXPECT_TRUE(has(refusal_of({"--steps", "2"}), "unknown option --steps; did you mean --max-steps?"));
}

TEST_F(OptionsTest, EveryEntryOfAListMustBeOneOfItsWords) {
    EXPECT_EQ(refusal_of({"--parts", "head", "feet"}), "--parts feet: expected head or hands");
    EXPECT_TRUE(has(refusal_of_config("parts = head feet\n"), "parts = head feet: expected head or hands"));
}

TEST_F(OptionsTest, ASetOfWordsIsReadInAnyOrderAndWrittenInItsOwn) {
    const std::vector both{Optimizer::sgd, Optimizer::lars};

    EXPECT_EQ(read({}).stages, std::vector{Optimizer::sgd});
    EXPECT_EQ(read({"--stages", "lars", "sgd", "lars"}).stages, both);
    EXPECT_EQ(read_config("stages = lars sgd\n").stages, both);
    EXPECT_EQ(read_config("stages = sgd\n", {"--stages", "lars"}).stages, std::vector{Optimizer::lars});

    Fields fields;
    Options options{""};
    declare(options, fields);
    options.read_lines({{"stages", "lars sgd", 7}}, "--study s.ini, [pretrain]");
    EXPECT_EQ(fields.stages, both);
    OptionValues written;
    std::ranges::copy_if(options.values(), std::back_inserter(written),
                         [](const auto& value) { return value.first == "stages"; });
    EXPECT_EQ(written, (OptionValues{{"stages", "sgd"}, {"stages", "lars"}}));

    Fields back;
    Options reader{""};
    declare(reader, back);
    reader.read_file(file(ini_text(written)));
    EXPECT_EQ(back.stages, both);
}

TEST_F(OptionsTest, AWordThatIsNotOfASetIsRefusedWithAllThatAre) {
    EXPECT_EQ(refusal_of({"--stages", "sgd", "adm"}), "--stages adm: expected any of sgd, adamw, lars");
    EXPECT_TRUE(has(refusal_of_config("stages = sgd adm\n"),
                    "c.ini, line 1: stages = sgd adm: expected any of sgd, adamw, lars"));
    EXPECT_EQ(refusal([] {
                  Fields fields;
                  Options options{""};
                  declare(options, fields);
                  options.read_lines({{"stages", "adm", 7}}, "--study s.ini, [pretrain]");
              }),
              "--study s.ini, [pretrain], line 7: stages = adm: expected any of sgd, adamw, lars");
}

TEST_F(OptionsTest, AFileOfTheProgramMayOnlyHoldWhatARemovedOptionDoesNow) {
    const auto own = (folder_ / "config.ini").string();
    std::ofstream{folder_ / "metrics.jsonl"};
    std::ofstream{own} << "seed = 3\ndoubled = false\n";
    EXPECT_EQ(read({"--config", own}).seed, 3U);
    std::ofstream{own} << "seed = 3\ndoubled = true\n";
    EXPECT_TRUE(has(refusal_of({"--config", own}), "line 2: --doubled: no longer there"));
}

TEST_F(OptionsTest, AnOptionThatWasRemovedIsRefusedWithAdviceWhereverPeopleGiveIt) {
    const std::string advice = "--optimiser: is called --optimizer now";

    EXPECT_EQ(refusal_of({"--optimiser", "sgd"}), advice);
    EXPECT_EQ(refusal_of({"--optimiser=sgd"}), advice);
    EXPECT_TRUE(has(refusal_of_config("seed = 3\noptimiser = sgd\n"), "c.ini, line 2: " + advice));
    EXPECT_EQ(refusal([] {
                  Fields fields;
                  Options options{""};
                  declare(options, fields);
                  options.read_lines({{"optimiser", "sgd", 7}}, "--study s.ini, [pretrain]");
              }),
              "--study s.ini, [pretrain], line 7: " + advice);
}

TEST_F(OptionsTest, AnOptionThatWasRemovedIsPassedOverInFilesThatTheProgramWrote) {
    const std::string text = "seed = 3\noptimiser = sgd\n";
    Fields fields;
    Options options{""};
    declare(options, fields);

    options.read_file(file(text));
    EXPECT_EQ(fields.seed, 3U);

    const auto own = (folder_ / "config.ini").string();
    std::ofstream{own} << text;
    EXPECT_TRUE(has(refusal_of({"--config", own}), "--optimiser: is called"));
    std::ofstream{folder_ / "metrics.jsonl"};
    EXPECT_EQ(read({"--config", own}).seed, 3U) << "of a run";
}

TEST_F(OptionsTest, AFileOfTheProgramThatNeedsARemovedPreprocessingIsRefused) {
    const auto reads = [&](const std::string& text) {
        Fields fields;
        Options options{""};
        declare(options, fields);
        options.read_file(file(text));
        return fields.seed;
    };

    EXPECT_EQ(reads("seed = 3\nmasks = false\n"), 3U);
    EXPECT_TRUE(has(refusal([&] { reads("seed = 3\nmasks = true\n"); }), "line 2: --masks: no longer there"));
}

TEST_F(OptionsTest, AWordThatWasRemovedIsRefusedWithAdviceAndReadAsItsSuccessorInFilesThatTheProgramWrote) {
    const std::string text = "optimizer = rmsprop\n";

    EXPECT_EQ(refusal_of({"--optimizer", "rmsprop"}), "--optimizer rmsprop: no longer there: give adamw");
    EXPECT_TRUE(has(refusal_of_config(text), "line 1: optimizer = rmsprop: no longer there: give adamw"));
    const auto own = (folder_ / "config.ini").string();
    std::ofstream{own} << text;
    std::ofstream{folder_ / "metrics.jsonl"};
    EXPECT_EQ(read({"--config", own}).optimizer, Optimizer::adamw);
    EXPECT_EQ(read({"--config", own, "--optimizer", "lars"}).optimizer, Optimizer::lars);
    Fields fields;
    Options options{""};
    declare(options, fields);
    options.read_file(file(text));
    EXPECT_EQ(fields.optimizer, Optimizer::adamw);
}

TEST_F(OptionsTest, HelpListsCommonOptionsAndHelpAllEveryOne) {
    const auto help = [](const std::string& asked, const std::string& common) {
        Fields fields;
        Options options{"usage: it"};
        declare(options, fields);
        options.common(common);
        EXPECT_FALSE(options.read(std::vector{asked}));
        return options.help();
    };

    const auto few = help("--help", "name seed");
    for (const auto* part : {"usage: it", "--help ", "--help-all", "--config", "--name", "--seed"}) {
        EXPECT_TRUE(has(few, part)) << part << '\n' << few;
    }
    EXPECT_FALSE(has(few, "--weight")) << few;
    EXPECT_FALSE(has(few, "Momentum:")) << "a section without a common option\n" << few;
    EXPECT_TRUE(has(few, "\n10 more options: --help-all\n")) << few;
    const auto all = help("--help-all", "name seed");
    EXPECT_TRUE(has(all, "--weight") && has(all, "--momentum")) << all;
    EXPECT_FALSE(has(all, "more options")) << all;
    EXPECT_EQ(help("--help", ""), all) << "where all are common";
    EXPECT_THROW(help("--help", "nome"), std::logic_error);
}

TEST_F(OptionsTest, WhatIsWrittenIsReadBack) {
    const std::vector<std::string> odd{"plain",        "two words", "a # b",
                                       " blank ends ", "quote\"d",  "back\\slash \\\""};
    std::string text;
    for (const auto& value : odd) {
        text += ini_line("signers", value);
    }

    EXPECT_EQ(read_config(text).signers, odd);
}

TEST_F(OptionsTest, AFileOfAnEarlierVersionKeepsBlanksInItsEntries) {
    Fields fields;
    Options options{""};
    declare(options, fields);

    options.read_file(file("signers = Ana Maria\nsigners = S1\nof-another-version = 3\n"));

    EXPECT_EQ(fields.signers, (std::vector<std::string>{"Ana Maria", "S1"}));
}

TEST(Options, AnOptionIsOfNoUseWhereWhatSelectsItIsOfNone) {
    const auto values_with = [](const std::string& method) {
        std::string chosen;
        std::string term = "none";
        std::int64_t weight = 1;
        Options options{""};
        options.add("method", chosen, "");
        options.section("Terms", "method", {"rich"});
        options.add("term", term, "");
        options.section("Weights", "term", {"square"});
        options.add("weight", weight, "");
        options.read_settings({{"method", method}, {"term", "square"}}, "settings");
        return options.values();
    };

    EXPECT_EQ(values_with("rich").size(), 3U);
    EXPECT_EQ(values_with("plain"), (OptionValues{{"method", "plain"}}));
}

TEST(Words, StandForTheValuesInTheirOrderAndForNothingElse) {
    EXPECT_STREQ(word_of(Optimizer::lars), "lars");
    EXPECT_EQ(enum_of<Optimizer>("adamw"), Optimizer::adamw);
    EXPECT_EQ(enum_of<Optimizer>("adam"), std::nullopt);
    EXPECT_EQ(enum_of<Optimizer>(""), std::nullopt);
}

TEST(OptionNames, NamesThatHoldTheUnknownOneAsAWordComeFirst) {
    const std::vector<std::string> known{"probe", "probe-epochs", "fine-tune-epochs", "supervised-epochs",
                                         "seed"};

    EXPECT_EQ(suggestion_for("epochs", known, "--"),
              "; did you mean --probe-epochs, --supervised-epochs or --fine-tune-epochs?");
    EXPECT_EQ(suggestion_for("sede", known, "--"), "; did you mean --seed?");
    EXPECT_EQ(suggestion_for("completely-different", known, "--"), "");
}

}  // namespace
}  // namespace sslslr

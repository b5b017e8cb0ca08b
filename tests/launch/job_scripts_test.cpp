// What the job scripts do with their arguments, without Slurm and with a program that only prints.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/process.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class JobScripts : public FolderTest {
protected:
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{folder_ / name, std::ios::binary} << text;
    }
    /// Runs a command without the variables that an allocation around the tests, or their caller, has set.
    Outcome in_folder(const std::string& command) const {
        return run("env --chdir=" + folder_.string() +
                   " --unset=SLURM_NTASKS --unset=SLURM_NTASKS_PER_NODE --unset=SLURM_JOB_NUM_NODES"
                   " --unset=LAUNCH --unset=SSLSLR_SITE --unset=SAVE_TO"
                   " SCRATCH='/scratch/of me' HOME=/home/me " +
                   command);
    }
};

const std::string scripts = SSLSLR_SOURCE_DIR "/launch/slurm/";

class Sweep : public JobScripts {
protected:
    void SetUp() override {
        JobScripts::SetUp();
        // A program that prints its arguments and writes the configuration that marks a started run.
        write("program",
              "#!/bin/sh\n"
              "[ \"$1\" = doctor ] && exit\n"
              "for word; do printf '[%s]' \"$word\"; done\n"
              "touch -d '+1 minute' run/config.ini\n");
        fs::permissions(folder_ / "program", fs::perms::owner_all);
    }

    Outcome count(const std::string& sweep) const {
        write("sweep.txt", sweep);
        return in_folder(scripts + "sweep.sbatch --count sweep.txt");
    }
    /// Runs a task of the array 1 to `last` as Slurm does; the sweep file exists already.
    Outcome task(int number, int last) const {
        return in_folder("env SSLSLR_ROOT=" SSLSLR_SOURCE_DIR " SSLSLR=" + (folder_ / "program").string() +
                         " SLURM_JOB_END_TIME=4000000000 SLURM_ARRAY_JOB_ID=1 SLURM_ARRAY_TASK_ID=" +
                         std::to_string(number) + " SLURM_ARRAY_TASK_MAX=" + std::to_string(last) + " bash " +
                         scripts + "sweep.sbatch sweep.txt --data store.h5");
    }
    /// The arguments that the program gets from the only line of a sweep.
    std::string words(const std::string& line) const {
        write("sweep.txt", "--run run " + line);
        const auto outcome = task(1, 1);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        const std::string before = "[pretrain][--run][run]";
        const std::string after = "[--data][store.h5]";
        if (!outcome.output.starts_with(before) || !outcome.output.ends_with(after)) {
            return outcome.output;
        }
        return outcome.output.substr(before.size(), outcome.output.size() - before.size() - after.size());
    }
};

TEST_F(Sweep, CountsTheLastLineWithOrWithoutItsEnd) {
    EXPECT_EQ(count("--run a\n--run b").output, "2\n");
    EXPECT_EQ(count("--run a\n--run b\n").output, "2\n");
    EXPECT_EQ(count("# two\n--run a\n\n  # and\n--run b\r\n\r\n").output, "5\n")
        << "a task is a line's number";

    write("sweep.txt", "--run other\n--run run --seed 3");
    EXPECT_EQ(task(2, 2).output, "[pretrain][--run][run][--seed][3][--data][store.h5]");
}

TEST_F(Sweep, SplitsALineAsAShellDoes) {
    EXPECT_EQ(words(R"(--a 'two words' "and \"two\"" three\ words  '')"),
              R"([--a][two words][and "two"][three words][])");
    EXPECT_EQ(words(R"(--a 'a\n"b"'"c'd"e)"), R"([--a][a\n"b"c'de])");
    EXPECT_EQ(words("\t--data  'store-*.h5' more-*.h5\t"), "[--data][store-*.h5][more-*.h5]");
}

TEST_F(Sweep, LeavesCommentsOut) {
    EXPECT_EQ(words("--seed 1 # as 'before, --seed 2"), "[--seed][1]");
    EXPECT_EQ(words("--a run#1 '#' #"), "[--a][run#1][#]");
}

TEST_F(Sweep, ReadsFilesOfWindows) {
    write("sweep.txt", "\xEF\xBB\xBF--run run\r\n--run run\r\n");
    EXPECT_EQ(task(1, 2).output, "[pretrain][--run][run][--data][store.h5]");
}

TEST_F(Sweep, ExpandsVariablesOfTheEnvironmentAndTheHomeFolder) {
    EXPECT_EQ(words(R"(--a $SCRATCH/x "${SCRATCH}y" '$SCRATCH' \$SCRATCH "\$SCRATCH")"),
              "[--a][/scratch/of me/x][/scratch/of mey][$SCRATCH][$SCRATCH][$SCRATCH]");
    EXPECT_EQ(words("--a ~ ~/x --b=~/y a~b '~'"), "[--a][/home/me][/home/me/x][--b=/home/me/y][a~b][~]");
}

TEST_F(Sweep, RefusesWhatItCannotReadByFileAndLineAndStartsNothing) {
    const std::pair<std::string, std::string> refused[]{
        {"--run \"run --seed 1", "quotation mark is not closed: \"run --seed 1"},
        {"--run run --seed '1", "quotation mark is not closed: '1"},
        {"--run run \\", "ends with \\"},
        {"--run $NOT_THERE/run", "$NOT_THERE is not set"},
        {"--run $word", "$word is not set"},  // a variable of the script itself
        {"--run ~you/run", "~you/run"},
        {"--run run$(touch gone)", "$(touch gone)"},
        {"--run \"run$(touch gone)\"", "$(touch gone)"},
        {"--run run`touch gone`", "nothing here is executed"},
        {"--run \"run`touch gone`\"", "nothing here is executed"},
        {"--run ${SCRATCH:=gone}", "${SCRATCH:=gone}"},
        {"--run run; touch gone", "nothing here is executed"},
        {"--run run >gone", "nothing here is executed"},
        {"--run run\r--run run", "control character"},
        {"\xE2\x80\x93run run", "two hyphens"},
        {"--run \xE2\x80\x9Crun\xE2\x80\x9D", "typographic quotation mark"},
        {"--run\xC2\xA0run", "no-break space"},
        {"sslslr pretrain --run run", "begins with \"sslslr\""},
        {"--seed 1", "no --run FOLDER"},
        {"--seed 1 --run", "no --run FOLDER"},
        {"--run --seed 1", "no --run FOLDER"},
        {"--run one --run two", "--run 2 times"},
    };
    for (const auto& [line, error] : refused) {
        const auto counted = count("--run run\n" + line + "\n");
        EXPECT_EQ(counted.exit_code, 2) << counted.output;
        EXPECT_TRUE(counted.says("sweep.txt, line 2: ") && counted.says(error)) << counted.output;
        const auto started = task(2, 2);
        EXPECT_EQ(started.exit_code, 2) << started.output;
        EXPECT_EQ(started.output, counted.output) << "and the program printed nothing";
        EXPECT_FALSE(fs::exists(folder_ / "gone"));
    }
}

TEST_F(Sweep, RefusesTwoTrainingsInOneFolder) {
    EXPECT_TRUE(count("--run a\n--run b\n--seed 1 --run=./a/\n")
                    .says("sweep.txt, line 3: its --run is " + (folder_ / "a").string() + ", as in line 1"));
}

TEST_F(Sweep, RefusesFilesWithoutTrainings) {
    EXPECT_TRUE(count("").says("sweep.txt: no line contains a training"));
    EXPECT_TRUE(count("# none\n").says("sweep.txt: no line contains a training"));
    EXPECT_TRUE(count(std::string{"\xFF\xFE-\0-\0r\0", 8}).says("not plain text (UTF-16"));
    EXPECT_TRUE(in_folder(scripts + "sweep.sbatch --count none.txt").says("none.txt: not a readable file"));
}

TEST_F(Sweep, ReportsAnArrayOfAnotherSizeThanItsFile) {
    write("sweep.txt", "--run run\n--run run\n# end");
    const auto beyond = task(4, 4);
    EXPECT_EQ(beyond.exit_code, 2);
    EXPECT_TRUE(beyond.says("expected array tasks from 1 to 3, the number of lines, found task 4"))
        << beyond.output;
    EXPECT_EQ(task(0, 2).exit_code, 2);
    EXPECT_TRUE(task(1, 1).says("the trainings after it are not started"));
    EXPECT_FALSE(task(2, 2).says("not started"));
    EXPECT_EQ(task(3, 3).output, "");

    std::string many;
    for (int line = 0; line < 100'000; ++line) {  // more than a pipe can buffer
        many += "--run run\n";
    }
    write("sweep.txt", many);
    EXPECT_TRUE(task(1, 1).says("the trainings after it are not started"));
}

TEST_F(JobScripts, SaveRunCopiesWhatLinksLeadTo) {
    fs::create_directories(folder_ / "elsewhere");
    fs::create_directories(folder_ / "my run");
    write("elsewhere/step-1.h5", "weights");
    write("my run/config.ini", "seed = 1");
    fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "my run/checkpoints");

    const auto outcome = in_folder(scripts + "save-run 'my run' 'saved runs'");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(fs::exists(folder_ / "saved runs/my run/config.ini"));
    EXPECT_TRUE(fs::is_regular_file(folder_ / "saved runs/my run/checkpoints/step-1.h5"));
}

TEST_F(JobScripts, SaveRunReportsNoFailureWhereThereIsNone) {
    fs::create_directories(folder_ / "run");
    write("run/config.ini", "seed = 1");

    const auto outcome = in_folder("bash -c 'seq 400 | xargs -P 4 -I{} " + scripts + "save-run run saved{}'");

    EXPECT_EQ(outcome.exit_code, 0) << "with the fault that this is about, in two of three cases";
    EXPECT_EQ(outcome.output, "");
}

TEST_F(JobScripts, SaveRunCopiesTheRestWhereSomethingCannotBeReadAndFails) {
    fs::create_directories(folder_ / "run/checkpoints");
    write("run/config.ini", "seed = 1");
    write("run/checkpoints/step-1.h5", "weights");
    fs::create_symlink("loop", folder_ / "run/loop");

    const auto outcome = in_folder(scripts + "save-run run saved");

    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_TRUE(outcome.says("/run/loop")) << outcome.output;
    EXPECT_TRUE(fs::exists(folder_ / "saved/run/config.ini"));
    EXPECT_TRUE(fs::exists(folder_ / "saved/run/checkpoints/step-1.h5"));
}

TEST_F(JobScripts, SaveRunFailsWhereALinkLeadsNowhere) {
    fs::create_directories(folder_ / "run");
    write("run/config.ini", "seed = 1");
    fs::create_symlink("/nowhere/checkpoints", folder_ / "run/checkpoints");

    const auto outcome = in_folder(scripts + "save-run run saved");

    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_TRUE(outcome.says("run/checkpoints: a link to /nowhere/checkpoints, which leads nowhere"))
        << outcome.output;
    EXPECT_TRUE(fs::exists(folder_ / "saved/run/config.ini"));
}

TEST_F(JobScripts, HyperQueueWorkersAreANumber) {
    const auto outcome = in_folder(SSLSLR_SOURCE_DIR "/launch/hyperqueue/boundary.sh . 1-4");
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_TRUE(outcome.says("WORKERS is \"1-4\"; expected a whole number")) << outcome.output;
}

TEST_F(JobScripts, SaveRunFailsWhereARunCannotBeRead) {
    EXPECT_NE(in_folder(scripts + "save-run none saved").exit_code, 0);
    EXPECT_TRUE(in_folder(scripts + "save-run").says("usage: save-run RUN FOLDER"));
}

}  // namespace
}  // namespace sslslr::test

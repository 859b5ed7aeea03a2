# brew install --build-from-source ./packaging/homebrew/goxel-daemon.rb
class GoxelDaemon < Formula
  desc "Headless 3D voxel engine that runs as a service"
  homepage "https://github.com/goxel-daemon/goxel-daemon"
  url "https://github.com/goxel-daemon/goxel-daemon/releases/download/v0.1.0/goxel-daemon-0.1.0.tgz"
  license "Apache-2.0"

  depends_on "node@20"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink Dir["#{libexec}/bin/*"]
    (etc/"goxel").install "config/daemon_config.json" unless (etc/"goxel/daemon_config.json").exist?
    (var/"run/goxel").mkpath
    (var/"log/goxel").mkpath
    (var/"lib/goxel").mkpath
  end

  service do
    run [opt_bin/"goxel-daemon", "--foreground",
         "--socket", var/"run/goxel/goxel.sock",
         "--pid-file", var/"run/goxel/goxel-daemon.pid",
         "--log-file", var/"log/goxel/goxel-daemon.log",
         "--data-dir", var/"lib/goxel"]
    keep_alive crashed: true
    working_dir var/"lib/goxel"
    environment_variables GOXEL_DAEMON_MODE: "service"
  end

  test do
    socket = testpath/"goxel.sock"
    pid = spawn bin/"goxel-daemon", "--foreground", "--socket", socket
    begin
      sleep 3
      assert_match "\"status\":\"running\"",
                   shell_output("#{bin}/goxel call goxel.get_status '[]' --compact --socket #{socket}")
    ensure
      Process.kill "TERM", pid
    end
  end
end

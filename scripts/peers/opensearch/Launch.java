import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.geo.GeoModulePlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node in this process, on loopback and a free port: `java -cp LIBRARIES Launch.java FOLDER`. It writes its
 * ports below FOLDER/logs as the node itself does, and ends when its standard input does, so that it outlives nobody.
 */
public final class Launch {
  private static final class Peer extends Node {
    Peer(Settings settings) {
      super(
          InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), Path.of(settings.get("path.home")), () -> "peer"),
          List.<Class<? extends Plugin>>of(Netty4Plugin.class, PainlessPlugin.class, GeoModulePlugin.class),
          true);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("cluster.name", "peer")
            .put("node.name", "peer")
            .put("node.portsfile", true)
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("discovery.type", "single-node")
            .put("node.store.allow_mmap", false)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    try (Node node = new Peer(settings)) {
      node.start();
      while (System.in.read() != -1) {}
    }
    System.exit(0);
  }
}
